/** Hints between servers over gRPC, both ends: the PeerService, and the links to the PeerServices of the others. */
@NullMarked
package io.tideline.api.server.peer;

import org.jspecify.annotations.NullMarked;
