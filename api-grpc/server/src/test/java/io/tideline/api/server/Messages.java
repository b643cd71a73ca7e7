package io.tideline.api.server;

import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Short forms of requests. */
final class Messages {
    private Messages() {}

    static TimelineName conversation(String id) {
        return TimelineName.newBuilder()
                .setApp("shop")
                .setFamily(TimelineFamily.CONVERSATION)
                .setId(id)
                .build();
    }

    static NewEntry entry(String id) {
        return entry(id, id);
    }

    static NewEntry entry(String id, String text) {
        return NewEntry.newBuilder()
                .setSender("anna")
                .setClientMessageId(id)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }

    static AppendRequest append(String timeline, String... ids) {
        AppendRequest.Builder request = AppendRequest.newBuilder().setTimeline(conversation(timeline));
        for (String id : ids) {
            request.addEntries(entry(id));
        }
        return request.build();
    }

    static AppendRequest appendMany(String timeline, int count) {
        AppendRequest.Builder request = AppendRequest.newBuilder().setTimeline(conversation(timeline));
        for (int i = 0; i < count; i++) {
            request.addEntries(entry("m" + i));
        }
        return request.build();
    }

    static long micros(Timestamp time) {
        return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
    }

    static StatusConformance.Failure failureOf(ThrowingCallable call) {
        return StatusConformance.Failure.of(catchThrowable(call));
    }
}
