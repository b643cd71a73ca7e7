/** The command that searches. */
@NullMarked
package io.tideline.tools.search;

import org.jspecify.annotations.NullMarked;
