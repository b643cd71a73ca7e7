package io.tideline.api.server.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.StopReason;
import io.tideline.api.v1.TimelineName;
import io.tideline.core.store.Receipt;
import io.tideline.core.store.TimelineDescription;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.TimelineId;
import java.time.Instant;

/** Values of the core to messages of the contract.  */
public final class Responses {
    private Responses() {}

    public static TimelineName timeline(TimelineId timeline) {
        return TimelineName.newBuilder()
                .setApp(timeline.app().value())
                .setFamily(
                        switch (timeline.family()) {
                            case CONVERSATION -> io.tideline.api.v1.TimelineFamily.CONVERSATION;
                            case INBOX -> io.tideline.api.v1.TimelineFamily.INBOX;
                            case PERSONAL -> io.tideline.api.v1.TimelineFamily.PERSONAL;
                            case REGISTRY ->
                                throw new IllegalArgumentException(
                                        "family: REGISTRY (expected: one that holds entries)");
                        })
                .setId(timeline.name())
                .build();
    }

    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    public static io.tideline.api.v1.Receipt receipt(String clientMessageId, Receipt receipt) {
        return io.tideline.api.v1.Receipt.newBuilder()
                .setClientMessageId(clientMessageId)
                .setSeq(receipt.seq().value())
                .setServerTime(timestamp(receipt.serverTime()))
                .setRepeated(receipt.repeated())
                .build();
    }

    public static io.tideline.api.v1.Entry entry(Entry entry) {
        return io.tideline.api.v1.Entry.newBuilder()
                .setSeq(entry.seq().value())
                .setSender(entry.sender().value())
                .setClientMessageId(entry.clientMessageId().value())
                .setKind(entry.kind().value())
                .setPayload(bytes(entry.payload()))
                .setServerTime(timestamp(entry.serverTime()))
                .build();
    }

    private static ByteString bytes(Payload payload) {
        // A copy of an array is written faster than a wrapped read-only buffer, which is copied piece by piece later
        // on.
        return ByteString.copyFrom(payload.asReadOnlyByteBuffer());
    }

    public static io.tideline.api.v1.Gap gap(Gap gap) {
        return io.tideline.api.v1.Gap.newBuilder()
                .setFromSeq(gap.from().value())
                .setToSeq(gap.to().value())
                .setType(
                        switch (gap.type()) {
                            case EXPIRED -> io.tideline.api.v1.Gap.Type.EXPIRED;
                            case ERASED -> io.tideline.api.v1.Gap.Type.ERASED;
                            // Known to conversations only: plain timelines are read without a membership.
                            case NOT_VISIBLE -> io.tideline.api.v1.Gap.Type.TYPE_UNSPECIFIED;
                        })
                .build();
    }

    /** A page that is not BEYOND_HEAD, without its token. */
    public static ReadResponse.Builder page(TimelinePage page) {
        ReadResponse.Builder response = ReadResponse.newBuilder();
        for (Entry entry : page.entries()) {
            response.addEntries(entry(entry));
        }
        for (Gap gap : page.gaps()) {
            response.addGaps(gap(gap));
        }
        return response.setStopReason(
                        switch (page.stop()) {
                            case PAGE_FULL -> StopReason.PAGE_FULL;
                            case RANGE_END -> StopReason.RANGE_END;
                            case HEAD -> StopReason.HEAD;
                            case START -> StopReason.START;
                            case BEYOND_HEAD ->
                                throw new IllegalArgumentException(
                                        "stop: BEYOND_HEAD (expected: a page that covers its range)");
                        })
                .setNextSeq(page.next().value())
                .setLastSeq(page.last().value());
    }

    public static io.tideline.api.v1.Head head(TimelineName timeline, Head head) {
        io.tideline.api.v1.Head.Builder message = io.tideline.api.v1.Head.newBuilder()
                .setTimeline(timeline)
                .setLastSeq(head.last().value())
                .setColdThroughSeq(head.watermarks().coldThrough().value())
                .setWarmThroughSeq(head.watermarks().warmThrough().value());
        if (!head.last().isNone()) {
            message.setLastTime(timestamp(head.lastTime()));
        }
        return message.build();
    }

    public static io.tideline.api.v1.TimelineDescription description(TimelineDescription description) {
        return io.tideline.api.v1.TimelineDescription.newBuilder()
                .setHead(head(timeline(description.timeline()), description.head()))
                .putAllAttributes(description.attributes().values())
                .setAttributesVersion(description.attributes().version())
                .build();
    }
}
