/**
 * Tiers of history: where the entries of a timeline lie, how reads find them there, and how they are moved. The
 * watermarks in the head say which tier has which entries; all else follows from them.
 */
@NullMarked
package io.tideline.core.tier;

import org.jspecify.annotations.NullMarked;
