/** Pure checks of what a timeline promises: contiguous, unique, and a head that agrees with the rows. */
@NullMarked
package io.tideline.core.check;

import org.jspecify.annotations.NullMarked;
