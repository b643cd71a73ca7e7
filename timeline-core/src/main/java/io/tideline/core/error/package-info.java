/** One sealed family of failures. Expected outcomes (a repeat, a conflict, not found) are results, never exceptions. */
@NullMarked
package io.tideline.core.error;

import org.jspecify.annotations.NullMarked;
