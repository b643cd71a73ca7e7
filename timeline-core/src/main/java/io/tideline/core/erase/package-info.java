/**
 * Erasing: what is to be erased, as it is remembered so that it can be done again after a restore, and the ports to what has
 * to take part besides the tiers that are tables.
 */
@NullMarked
package io.tideline.core.erase;

import org.jspecify.annotations.NullMarked;
