/**
 * The gRPC server. {@link io.tideline.api.server.TidelineServer#start} takes opened storage and serves the contract {@code tideline.v1};
 * everything else in here is reached through it.
 */
@NullMarked
package io.tideline.api.server;

import org.jspecify.annotations.NullMarked;
