package io.tideline.api.server;

import io.tideline.store.id.LeasedMessageIds;
import java.util.concurrent.CompletableFuture;

/**
 * The right to give message ids.
 *
 * @param taken completes when ids can be given; when it fails, they come later
 */
public record MessageIdLease(LeasedMessageIds ids, CompletableFuture<Void> taken) {}
