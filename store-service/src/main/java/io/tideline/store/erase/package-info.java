/**
 * Erases what was said: a message, a user's messages, a conversation, an app. The intent is written first; then every tier,
 * record and inbox that can hold the text is gone through and what is found becomes a marker; then all of it is gone through
 * again until nothing is found. Seqs and running counts stay.
 *
 * <p>Stages of one erasure, each resumable: {@code talk} (entries, records and personal timelines, a conversation at a time)
 * → {@code inboxes} (references with their previews, once fan-out has passed) → of an app, {@code personal} and {@code inbox}
 * timelines that no conversation names → {@code settle} → {@code rewrite}, if files of the archive may hold something of it → the same again until a pass finds
 * nothing → {@code purge}.
 */
@NullMarked
package io.tideline.store.erase;

import org.jspecify.annotations.NullMarked;
