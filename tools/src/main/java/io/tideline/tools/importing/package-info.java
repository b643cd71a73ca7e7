/**
 * The import of chat logs. What makes it safe to kill, on either side of the wire, and to repeat:
 *
 * <ul>
 *   <li>a timeline has one request on its way at most, and a request is all or nothing: what a timeline holds of an import
 *       is always the file up to some line, in its order. A pipelined stream would be no faster here, and could not
 *       promise the order when the server refuses an entry for a while;
 *   <li>every line has one client message id, made of the import's id and the line number, so that a repeated request is
 *       recognised;
 *   <li>the timeline is its own checkpoint: a run reads back to the last line of this import and goes on behind it, so
 *       nothing is doubled even when the server's deduplication window is long over.
 * </ul>
 *
 * <p>An import as groups keeps the same promise with one request at a time in all: what a group holds is the file up to
 * some step. Behind the last message that is there, a run counts the changes of membership that are there too and leaves
 * out as many; the personal notice of the last message is sent again, with the id that it had.
 */
@NullMarked
package io.tideline.tools.importing;

import org.jspecify.annotations.NullMarked;
