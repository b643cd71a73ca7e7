/**
 * Pushes to devices what a sync would bring them, as it comes. A session is a sync that does not end: what it sends are
 * pages of the sync, and what is lost on the way comes again with the next sync. Messages that many devices are to get
 * are read once for all of them.
 */
@NullMarked
package io.tideline.sync.push;

import org.jspecify.annotations.NullMarked;
