/** The vocabulary: what a timeline is called, what stands in it, and how far it has come. */
@NullMarked
package io.tideline.core.timeline;

import org.jspecify.annotations.NullMarked;
