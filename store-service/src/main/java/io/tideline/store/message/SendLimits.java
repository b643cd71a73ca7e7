package io.tideline.store.message;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.tideline.core.conversation.UserId;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Holds back users and conversations that get messages faster than their app allows, each server by itself: one flooder
 * must not take a room from the others, nor the room its members' devices.
 *
 * <p>A send is let through while there is something left, and charged when it is done: a batch may take more than there is,
 * which those after it wait for, and who may not send at all cannot use up what the members have.
 */
final class SendLimits {
    /** Of users, and of conversations. The one that was quiet for longest begins anew when there are more. */
    private static final int MAX_BUCKETS = 100_000;

    /** A bucket that nobody used for so long is full, unless a batch took more than an hour's worth. */
    private static final Duration KEEP = Duration.ofHours(1);

    private record Sender(AppId app, UserId user) {}

    private final Function<AppId, MessageRules> rules;
    private final TimeMeter clock;
    private final Cache<Sender, Bucket> users = buckets();
    private final Cache<TimelineId, Bucket> conversations = buckets();

    /** @param nanos elapsed time */
    SendLimits(Function<AppId, MessageRules> rules, LongSupplier nanos) {
        this.rules = rules;
        this.clock = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanos.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    private static <K> Cache<K, Bucket> buckets() {
        return CacheBuilder.newBuilder()
                .maximumSize(MAX_BUCKETS)
                .expireAfterAccess(KEEP)
                .build();
    }

    /** Sends messages to all members. */
    <T> CompletableFuture<Outcome<T>> toAll(
            TimelineId conversation, UserId from, int messages, Supplier<CompletableFuture<Outcome<T>>> send) {
        SendRates rates = rules.apply(conversation.app()).rates();
        return within(
                rates.perConversation(),
                "conversation-sends-per-minute",
                conversations,
                conversation,
                messages,
                () -> ofUser(conversation.app(), from, messages, send));
    }

    /** Sends messages to some. */
    <T> CompletableFuture<Outcome<T>> ofUser(
            AppId app, UserId from, int messages, Supplier<CompletableFuture<Outcome<T>>> send) {
        int perUser = rules.apply(app).rates().perUser();
        return within(perUser, "user-sends-per-minute", users, new Sender(app, from), messages, send);
    }

    private <K, T> CompletableFuture<Outcome<T>> within(
            int perMinute,
            String rule,
            Cache<K, Bucket> buckets,
            K key,
            int messages,
            Supplier<CompletableFuture<Outcome<T>>> send) {
        if (perMinute == 0) {
            return send.get();
        }
        Bucket bucket = buckets.asMap().computeIfAbsent(key, k -> bucket(perMinute));
        if (bucket.getAvailableTokens() < 1) {
            return CompletableFuture.failedFuture(new OverloadedException(
                    "more messages than the app allows: " + rule,
                    Map.of("rule", rule, "limit", Integer.toString(perMinute)),
                    null));
        }
        return send.get().thenApply(outcome -> {
            if (outcome instanceof Outcome.Done) {
                bucket.consumeIgnoringRateLimits(messages);
            }
            return outcome;
        });
    }

    private Bucket bucket(int perMinute) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                .withCustomTimePrecision(clock)
                .build();
    }
}
