package io.tideline.client;

import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.TimelineName;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Ids for entries and messages that come without: a random prefix of this client and a counter, at most 30 bytes. */
final class ClientMessageIds {
    private static final int PREFIX_BYTES = 12;
    private static final int RADIX = 36;

    private final String prefix;
    private final AtomicLong counter = new AtomicLong();

    ClientMessageIds(String prefix) {
        this.prefix = prefix;
    }

    static ClientMessageIds random() {
        byte[] bytes = new byte[PREFIX_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ClientMessageIds(Base64.getUrlEncoder().encodeToString(bytes) + "-");
    }

    NewEntry identified(NewEntry entry) {
        return entry.getClientMessageId().isEmpty()
                ? entry.toBuilder().setClientMessageId(next()).build()
                : entry;
    }

    OutgoingMessage identified(OutgoingMessage message) {
        return message.getClientMessageId().isEmpty()
                ? message.toBuilder().setClientMessageId(next()).build()
                : message;
    }

    AppendRequest identified(AppendRequest request) {
        boolean complete = request.getEntriesList().stream()
                .noneMatch(entry -> entry.getClientMessageId().isEmpty());
        return complete ? request : request(request.getTimeline(), request.getEntriesList());
    }

    AppendRequest request(TimelineName timeline, List<NewEntry> entries) {
        var request = AppendRequest.newBuilder().setTimeline(timeline);
        for (NewEntry entry : entries) {
            request.addEntries(identified(entry));
        }
        return request.build();
    }

    /** What all of them begin with. */
    String prefix() {
        return prefix;
    }

    String next() {
        return prefix + Long.toString(counter.getAndIncrement(), RADIX);
    }
}
