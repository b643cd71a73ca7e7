/**
 * Hints between servers: "timeline X has come as far as seq n" and "device D has a new stream here", told to every other
 * server some milliseconds after it happened. {@link io.tideline.sync.peer.PeerHints} gathers, bounds and hands on; how a hint travels is behind {@link
 * io.tideline.sync.peer.PeerTransport}. A hint may be lost, late or repeated: it makes things quicker and never right.
 */
@NullMarked
package io.tideline.sync.peer;

import org.jspecify.annotations.NullMarked;
