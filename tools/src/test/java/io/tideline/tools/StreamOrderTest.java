package io.tideline.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.AppendStream;
import io.tideline.client.SendStream;
import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client's streams and a real server, whose store refuses some appends for now. */
final class StreamOrderTest {
    private static final int COUNT = 400;
    private static final List<String> IDS =
            IntStream.range(0, COUNT).mapToObj(i -> "m" + i).toList();

    private CliFixture fixture;
    private TidelineClient client;

    @BeforeEach
    void start() {
        fixture = new CliFixture();
        client = TidelineClient.connect(TidelineClientConfig.of(fixture.address()));
    }

    @AfterEach
    void stop() {
        client.close();
        fixture.close();
    }

    private List<String> stored(TimelineId timeline) {
        return fixture
                .memory
                .read(ReadQuery.forward(timeline, 1, ReadQuery.MAX_ENTRIES), Deadline.after(Duration.ofMinutes(1)))
                .join()
                .entries()
                .stream()
                .map(entry -> entry.clientMessageId().value())
                .filter(IDS::contains)
                .toList();
    }

    @Test
    void appendStream_storeRefusesForNow_storesInTheOrderOfTheCalls() throws Exception {
        TimelineName name = TimelineName.newBuilder()
                .setApp("order")
                .setFamily(TimelineFamily.CONVERSATION)
                .setId("t")
                .build();
        fixture.store.refuse(number -> number == 3 || number == 50 || number == 51);
        try (AppendStream stream = client.openAppendStream()) {
            for (String id : IDS) {
                var unused = stream.append(
                        name,
                        NewEntry.newBuilder()
                                .setSender("s")
                                .setClientMessageId(id)
                                .setKind("text")
                                .setPayload(ByteString.copyFromUtf8(id))
                                .build());
            }
            stream.finish().get(1, TimeUnit.MINUTES);
        }

        assertThat(stored(TimelineId.conversation("order", "t"))).isEqualTo(IDS);
    }

    @Test
    void sendStream_storeRefusesForNow_sendsInTheOrderOfTheCalls() throws Exception {
        String group = client.messaging()
                .createConversation(CreateConversationRequest.newBuilder()
                        .setApp("order")
                        .setCreator("ann")
                        .setKind(ConversationKind.GROUP)
                        .addMembers("bob")
                        .build())
                .get(1, TimeUnit.MINUTES)
                .getConversation()
                .getId();
        int before = fixture.store.appends();
        fixture.store.refuse(number -> number > before && number % 3 == 0 && number < before + 10);
        try (SendStream stream = client.messaging().openSendStream("order", "bob")) {
            for (String id : IDS) {
                var unused = stream.send(
                        group,
                        OutgoingMessage.newBuilder()
                                .setClientMessageId(id)
                                .setKind("text")
                                .setPayload(ByteString.copyFromUtf8(id))
                                .build());
            }
            stream.finish().get(1, TimeUnit.MINUTES);
        }

        assertThat(stored(TimelineId.conversation("order", group))).isEqualTo(IDS);
    }
}
