package io.tideline.tools.simulation;

import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineCallException;
import io.tideline.tools.command.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Calls that wait for their answers.
 *
 * @param patience for one call, with all its repeats
 */
record Calls(MessagingClient client, String app, Duration patience) {
    <T> T await(CompletableFuture<T> answer) {
        return Await.result(answer, patience);
    }

    /** Why a call was refused; empty when it was not. */
    Optional<TidelineCallException> refusal(CompletableFuture<?> answer) {
        try {
            await(answer);
            return Optional.empty();
        } catch (TidelineCallException refused) {
            return Optional.of(refused);
        }
    }
}
