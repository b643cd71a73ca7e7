/**
 * Finds messages in the history of a conversation without reading it from its start: by seq, by message id, by time, around a
 * message, and counts of ranges. Whatever tier holds them, each look is a read of a few entries.
 */
@NullMarked
package io.tideline.store.history;

import org.jspecify.annotations.NullMarked;
