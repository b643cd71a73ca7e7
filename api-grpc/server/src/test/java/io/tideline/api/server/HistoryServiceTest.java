package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.tideline.api.v1.CountMessagesRequest;
import io.tideline.api.v1.CountMessagesResponse;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.Direction;
import io.tideline.api.v1.GetContextRequest;
import io.tideline.api.v1.GetContextResponse;
import io.tideline.api.v1.GetMessagesRequest;
import io.tideline.api.v1.GetMessagesResponse;
import io.tideline.api.v1.HistoryServiceGrpc;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.SeekTimeRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HistoryServiceTest {
    private final ServerFixture fixture = new ServerFixture();
    private final Chat chat = new Chat(fixture.channel);
    private final HistoryServiceGrpc.HistoryServiceBlockingStub history =
            HistoryServiceGrpc.newBlockingStub(fixture.channel);
    private final String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
    private final List<SendResponse> sent = new ArrayList<>();

    HistoryServiceTest() {
        IntStream.range(0, 30).forEach(i -> sent.add(chat.send(room, "ann", "m" + i)));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void assertRefused(Code code, ThrowingCallable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refused).isNotNull();
        assertThat(refused.getStatus().getCode()).isEqualTo(code);
    }

    private ListMessagesRequest.Builder pages(String user) {
        return ListMessagesRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser(user)
                .setPageSize(7);
    }

    private List<Long> readAll(ListMessagesRequest.Builder request) {
        List<Long> seqs = new ArrayList<>();
        String token = "";
        do {
            ListMessagesResponse page =
                    history.getHistory(request.setPageToken(token).build());
            page.getMessagesList().forEach(message -> seqs.add(message.getSeq()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return seqs;
    }

    @Test
    void getHistory_bothWays_forBackEndsAndMembers() {
        long last = sent.get(29).getSeq();
        List<Long> all = new ArrayList<>();
        for (long seq = 1; seq <= last; seq++) {
            all.add(seq);
        }

        assertThat(readAll(pages(""))).isEqualTo(all);
        // What was before he joined is not his to see.
        List<Long> seen = readAll(pages("bob"));
        assertThat(seen).hasSizeBetween(30, all.size()).isEqualTo(all.subList(all.size() - seen.size(), all.size()));
        List<Long> backward = readAll(pages("").setDirection(Direction.BACKWARD));
        Collections.reverse(backward);
        assertThat(backward).isEqualTo(all);
    }

    @Test
    void getHistory_badRequests_areRefused() {
        assertRefused(
                Code.NOT_FOUND,
                () -> history.getHistory(pages("").setConversationId("nowhere").build()));
        assertRefused(
                Code.PERMISSION_DENIED, () -> history.getHistory(pages("eve").build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getHistory(pages("").setFromSeq(9).setToSeq(3).build()));
        assertRefused(
                Code.OUT_OF_RANGE,
                () -> history.getHistory(pages("").setFromSeq(9999).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getHistory(pages("").setPageToken("x").build()));
    }

    private GetMessagesRequest.Builder wanted(String user) {
        return GetMessagesRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser(user);
    }

    @Test
    void getMessages_bySeqAndById() {
        GetMessagesResponse bySeq = history.getMessages(
                wanted("bob").addSeqs(sent.get(4).getSeq()).addSeqs(9999).build());
        GetMessagesResponse byId = history.getMessages(wanted("")
                .addMessageIds(sent.get(7).getMessageId())
                .addMessageIds(12345)
                .build());

        assertThat(Chat.texts(bySeq.getMessagesList())).containsExactly("m4");
        assertThat(bySeq.getBeyondSeqsList()).containsExactly(9999L);
        assertThat(Chat.texts(byId.getMessagesList())).containsExactly("m7");
        assertThat(byId.getUnknownIdsList()).containsExactly(12345L);
    }

    @Test
    void getMessages_badRequests_areRefused() {
        assertRefused(
                Code.INVALID_ARGUMENT, () -> history.getMessages(wanted("bob").build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getMessages(
                        wanted("bob").addSeqs(1).addMessageIds(1).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getMessages(wanted("bob").addSeqs(0).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getMessages(wanted("bob").addMessageIds(-1).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getMessages(
                        wanted("bob").addAllSeqs(Collections.nCopies(101, 1L)).build()));
    }

    @Test
    void getContext_aroundASeqOrAnId() {
        GetContextRequest.Builder request = GetContextRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("bob")
                .setBefore(2)
                .setAfter(2);

        GetContextResponse bySeq =
                history.getContext(request.setSeq(sent.get(10).getSeq()).build());
        GetContextResponse byId = history.getContext(
                request.setMessageId(sent.get(29).getMessageId()).build());

        assertThat(Chat.texts(bySeq.getMessagesList())).containsExactly("m8", "m9", "m10", "m11", "m12");
        assertThat(Chat.texts(byId.getMessagesList())).containsExactly("m27", "m28", "m29");
        assertThat(byId.getReachedHead()).isTrue();
        assertRefused(
                Code.OUT_OF_RANGE, () -> history.getContext(request.setSeq(9999).build()));
        assertRefused(
                Code.NOT_FOUND,
                () -> history.getContext(request.setMessageId(77).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getContext(request.setSeq(1).setBefore(501).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.getContext(request.clearMessage().setBefore(1).build()));
    }

    @Test
    void seekTime_findsTheFirstAtOrAfter() {
        SeekTimeRequest.Builder request =
                SeekTimeRequest.newBuilder().setApp(APP).setConversationId(room);
        Timestamp time = sent.get(15).getServerTime();

        long seq = history.seekTime(request.setTime(time).build()).getSeq();

        assertThat(seq).isLessThanOrEqualTo(sent.get(15).getSeq());
        assertThat(history.seekTime(request.setTime(Timestamp.newBuilder().setSeconds(4_000_000_000L))
                                .build())
                        .hasSeq())
                .isFalse();
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.seekTime(request.clearTime().build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.seekTime(request.setTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build()));
    }

    @Test
    void countMessages_ofSeqsAndTimes() {
        CountMessagesRequest.Builder request =
                CountMessagesRequest.newBuilder().setApp(APP).setConversationId(room);
        CountMessagesRequest.SeqRange.Builder seqs = CountMessagesRequest.SeqRange.newBuilder();

        CountMessagesResponse all = history.countMessages(request.setSeqs(seqs).build());
        CountMessagesResponse some = history.countMessages(
                request.setSeqs(seqs.setFromSeq(sent.get(5).getSeq())
                                .setToSeq(sent.get(8).getSeq()))
                        .build());
        CountMessagesResponse none = history.countMessages(request.setTimes(CountMessagesRequest.TimeRange.newBuilder()
                        .setFrom(Timestamp.newBuilder().setSeconds(4_000_000_000L)))
                .build());

        assertThat(all.getMessages()).isEqualTo(30);
        assertThat(some.getMessages()).isEqualTo(4);
        assertThat(some.getExact()).isTrue();
        assertThat(none.getEntries()).isZero();
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.countMessages(
                        request.setSeqs(seqs.setFromSeq(9).setToSeq(3)).build()));
        assertRefused(
                Code.INVALID_ARGUMENT,
                () -> history.countMessages(request.setTimes(CountMessagesRequest.TimeRange.newBuilder()
                                .setFrom(Timestamp.newBuilder().setSeconds(5))
                                .setBefore(Timestamp.newBuilder().setSeconds(4)))
                        .build()));
    }

    @Test
    void locate_saysTheTier() {
        TimelineName timeline = TimelineName.newBuilder()
                .setApp(APP)
                .setFamily(TimelineFamily.CONVERSATION)
                .setId(room)
                .build();
        LocateRequest.Builder request = LocateRequest.newBuilder().setTimeline(timeline);

        LocateResponse bySeq = history.locate(request.setSeq(3).build());
        LocateResponse byId =
                history.locate(request.setMessageId(sent.get(3).getMessageId()).build());

        assertThat(bySeq.getPlace()).isEqualTo(LocateResponse.Place.HOT);
        assertThat(bySeq.getDetailsMap()).containsKey("region");
        assertThat(byId.getSeq()).isEqualTo(sent.get(3).getSeq());
        assertRefused(
                Code.OUT_OF_RANGE, () -> history.locate(request.setSeq(9999).build()));
        assertRefused(
                Code.INVALID_ARGUMENT, () -> history.locate(request.setSeq(0).build()));
        assertRefused(
                Code.NOT_FOUND,
                () -> history.locate(request.setTimeline(timeline.toBuilder().setId("nowhere"))
                        .setSeq(1)
                        .build()));
    }

    @Test
    void messages_haveTheirState() {
        List<Message> all =
                history.getHistory(pages("").setPageSize(1000).build()).getMessagesList();

        assertThat(all.stream().filter(Message::hasEvent)).isNotEmpty();
        assertThat(Chat.texts(all)).hasSize(30);
    }
}
