package io.tideline.tools.process;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.EntryCursor;
import io.tideline.client.TidelineClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The few calls that all tests make, through the client. */
final class Timelines {
    private static final int PATIENCE_SECONDS = 140;

    private Timelines() {}

    static TimelineName conversation(String id) {
        return TimelineName.newBuilder()
                .setApp("default")
                .setFamily(TimelineFamily.CONVERSATION)
                .setId(id)
                .build();
    }

    static NewEntry message(String sender, String clientMessageId) {
        return NewEntry.newBuilder()
                .setSender(sender)
                .setClientMessageId(clientMessageId)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8("text of " + clientMessageId))
                .build();
    }

    /** Appends one message and waits for its receipt. */
    static Receipt append(TidelineClient client, TimelineName timeline, String clientMessageId) throws Exception {
        return client.append(timeline, List.of(message("ann", clientMessageId)))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .get(0);
    }

    /** Every entry, from the first to the last. */
    static List<Entry> readAll(TidelineClient client, TimelineName timeline) {
        EntryCursor cursor = client.readAll(
                ReadRequest.newBuilder()
                        .setTimeline(timeline)
                        .setDirection(Direction.FORWARD)
                        .setPageSize(1_000)
                        .build(),
                gap -> {
                    throw new AssertionError("gap: " + gap);
                });
        List<Entry> entries = new ArrayList<>();
        cursor.forEachRemaining(entries::add);
        return entries;
    }
}
