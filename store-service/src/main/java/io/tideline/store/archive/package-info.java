/**
 * Work on the archive's files as long-running operations: one task each, done in one step. What a process that died has left
 * half done, the task completes when it is taken again.
 */
@NullMarked
package io.tideline.store.archive;

import org.jspecify.annotations.NullMarked;
