/** The reference model: a timeline store in memory, simple enough to be right by reading it. */
@NullMarked
package io.tideline.core.memory;

import org.jspecify.annotations.NullMarked;
