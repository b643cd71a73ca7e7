/** Delivery: who has to get what, who has got what, and what nobody has read yet. */
@NullMarked
package io.tideline.sync;

import org.jspecify.annotations.NullMarked;
