package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.EraseRequest;
import io.tideline.api.v1.MessageHit;
import io.tideline.api.v1.Operation;
import io.tideline.api.v1.OperationsServiceGrpc;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchOrder;
import io.tideline.api.v1.SearchServiceGrpc;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.api.v1.StartOperationRequest;
import io.tideline.api.v1.WaitOperationRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Search through a channel, over storage in memory and a real index. */
final class SearchTest {
    private final ServerFixture fixture = ServerFixture.withSearch(ServerSecurity.DEFAULT);
    private final Chat chat = new Chat(fixture.channel);
    private final SearchServiceGrpc.SearchServiceBlockingStub search =
            SearchServiceGrpc.newBlockingStub(fixture.channel);
    private int sent;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private SendResponse say(String conversation, String sender, String text) {
        return chat.messages.send(SendRequest.newBuilder()
                .setApp(APP)
                .setConversationId(conversation)
                .setSender(sender)
                .setMessage(OutgoingMessage.newBuilder()
                        .setClientMessageId("s" + sent++)
                        .setKind("text")
                        .setPayload(ByteString.copyFromUtf8(text)))
                .build());
    }

    private static SearchMessagesRequest.Builder wanted(String user, String query) {
        return SearchMessagesRequest.newBuilder()
                .setApp(APP)
                .setUser(user)
                .setQuery(query)
                .setUpToDate(true);
    }

    private List<String> texts(SearchMessagesRequest.Builder request) {
        return search.searchMessages(request.build()).getHitsList().stream()
                .map(hit -> hit.getMessage().getPayload().toStringUtf8())
                .toList();
    }

    private static StatusRuntimeException refusedOf(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    @Test
    void messages_inAConversation_ofAUser_ofTheApp() {
        String first = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
        String second = chat.group(DiffusionPolicy.DIFFUSION_WRITE, "ann", "carl");
        say(first, "ann", "the grub menu");
        say(second, "carl", "grub again");
        chat.awaitFanout();

        // Both may be of the same millisecond.
        assertThat(texts(wanted("", "grub"))).containsExactlyInAnyOrder("grub again", "the grub menu");
        assertThat(texts(wanted("ann", "grub"))).hasSize(2);
        assertThat(texts(wanted("bob", "grub"))).containsExactly("the grub menu");
        assertThat(texts(wanted("eve", "grub"))).isEmpty();
        assertThat(texts(wanted("ann", "grub").addConversationIds(second))).containsExactly("grub again");
        assertThat(texts(wanted("", "grub").addSenders("ann").addSenders("eve")))
                .containsExactly("the grub menu");
        assertThat(texts(wanted("", "grub").addKinds("image"))).isEmpty();
        assertThat(refusedOf(() -> texts(wanted("bob", "grub").addConversationIds(second)))
                        .getStatus()
                        .getCode())
                .isEqualTo(Code.PERMISSION_DENIED);
    }

    @Test
    void messages_byTime_andPages() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann");
        List<SendResponse> receipts = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            receipts.add(say(room, "ann", "number " + i));
        }
        Timestamp fourth = receipts.get(4).getServerTime();

        long since = texts(wanted("", "number").setSince(fourth)).size();
        long before = texts(wanted("", "number").setUntil(fourth)).size();
        List<String> paged = new ArrayList<>();
        String token = "";
        do {
            SearchMessagesResponse page = search.searchMessages(wanted("", "number")
                    .setOrder(SearchOrder.SEARCH_ORDER_OLDEST)
                    .setPageSize(4)
                    .setPageToken(token)
                    .build());
            assertThat(page.getStats().getTotal()).isEqualTo(9);
            assertThat(page.getStats().getTotalExact()).isTrue();
            page.getHitsList()
                    .forEach(hit -> paged.add(hit.getMessage().getPayload().toStringUtf8()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(since + before).isEqualTo(9);
        assertThat(paged).hasSize(9).startsWith("number 0", "number 1").endsWith("number 8");
    }

    @Test
    void messages_relevance_hasScores() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann");
        say(room, "ann", "grub");
        say(room, "ann", "a long text in which grub stands but once among many other words");

        List<MessageHit> hits = search.searchMessages(wanted("", "grub")
                        .setOrder(SearchOrder.SEARCH_ORDER_RELEVANCE)
                        .build())
                .getHitsList();

        assertThat(hits).hasSize(2);
        assertThat(hits.get(0).getScore()).isGreaterThan(hits.get(1).getScore()).isPositive();
        assertThat(hits.get(0).getMessage().getPayload().toStringUtf8()).isEqualTo("grub");
    }

    @Test
    void badRequests_nameTheField() {
        chat.group(DiffusionPolicy.DIFFUSION_READ, "ann");
        List<SearchMessagesRequest.Builder> bad = List.of(
                wanted("", "grub \"boot"),
                wanted("", "x").setPageSize(101),
                wanted("", "x").setPageToken("forged"),
                wanted("", "x").setApp(""),
                wanted("ann", "x").addConversationIds("not well-formed"),
                wanted("", "x").setOrder(SearchOrder.SEARCH_ORDER_LARGEST),
                wanted("", "x").setOrderValue(77),
                wanted("", "x".repeat(2_001)),
                wanted("", "x")
                        .setSince(Timestamp.newBuilder().setSeconds(10))
                        .setUntil(Timestamp.newBuilder().setSeconds(5)),
                wanted("", "x").setSince(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)));

        for (SearchMessagesRequest.Builder request : bad) {
            assertThat(refusedOf(() -> texts(request)).getStatus().getCode())
                    .as(request.toString())
                    .isEqualTo(Code.INVALID_ARGUMENT);
        }
        com.google.rpc.Status syntax =
                io.grpc.protobuf.StatusProto.fromThrowable(refusedOf(() -> texts(wanted("", "grub \"boot"))));
        assertThat(syntax.toString()).isNotEmpty();
        assertThat(syntax.getDetailsList().stream()
                        .map(detail -> detail.getValue().toStringUtf8())
                        .reduce("", String::concat))
                .contains("at character 6");
    }

    @Test
    void token_ofAnotherQuery_isRefused() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann");
        say(room, "ann", "grub one");
        say(room, "ann", "grub two");
        String token =
                search.searchMessages(wanted("", "grub").setPageSize(1).build()).getNextPageToken();

        assertThat(texts(wanted("", "grub").setPageSize(1).setPageToken(token))).containsExactly("grub one");
        assertThat(refusedOf(() -> texts(wanted("", "other").setPageToken(token)))
                        .getStatus()
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void conversationsAndMembers() {
        String trip = chat.create(Chat.wanted(ConversationKind.GROUP, "ann", "bob")
                .putAttributes("title", "Summer trip")
                .setPolicy(DiffusionPolicy.DIFFUSION_WRITE));
        chat.group(DiffusionPolicy.DIFFUSION_READ, "carl", "bob");
        chat.awaitFanout();

        SearchConversationsRequest.Builder conversations = SearchConversationsRequest.newBuilder()
                .setApp(APP)
                .setQuery("title:summer")
                .setUpToDate(true);
        SearchMembersRequest.Builder members = SearchMembersRequest.newBuilder()
                .setApp(APP)
                .setQuery("user:bob")
                .setUpToDate(true);

        assertThat(search.searchConversations(conversations.build()).getConversationsList())
                .extracting(found -> found.getId())
                .containsExactly(trip);
        assertThat(search.searchConversations(conversations.setUser("bob").build())
                        .getConversationsList())
                .hasSize(1);
        assertThat(search.searchConversations(conversations.setUser("carl").build())
                        .getConversationsList())
                .isEmpty();
        assertThat(search.searchMembers(members.build()).getHitsList()).hasSize(2);
        assertThat(search.searchMembers(members.setUser("ann").build()).getHitsList())
                .extracting(hit -> hit.getConversationId())
                .containsExactly(trip);
    }

    @Test
    void erased_isNotFoundAnyMore() {
        String room = chat.group(DiffusionPolicy.DIFFUSION_READ, "ann", "bob");
        say(room, "ann", "grub of ann");
        say(room, "bob", "grub of bob");
        assertThat(texts(wanted("", "grub"))).hasSize(2);
        OperationsServiceGrpc.OperationsServiceBlockingStub operations =
                OperationsServiceGrpc.newBlockingStub(fixture.channel);

        Operation operation = operations.startOperation(StartOperationRequest.newBuilder()
                .setErase(EraseRequest.newBuilder()
                        .setApp(APP)
                        .setUser("ann")
                        .setConfirmed(true)
                        .setPurge(true))
                .build());
        while (operation.getState() == Operation.State.PENDING || operation.getState() == Operation.State.RUNNING) {
            operation = operations.waitOperation(WaitOperationRequest.newBuilder()
                    .setOperationId(operation.getId())
                    .setSeen(operation.getUpdateTime())
                    .build());
        }

        assertThat(operation.getState()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(operation.getReportMap()).containsEntry("purge.search", "done");
        assertThat(texts(wanted("", "grub"))).containsExactly("grub of bob");
    }

    @Test
    void withoutAnIndex_searchIsOff() throws Exception {
        try (ServerFixture without = new ServerFixture()) {
            StatusRuntimeException refused = refusedOf(() -> SearchServiceGrpc.newBlockingStub(without.channel)
                    .searchMessages(wanted("", "x").build()));

            assertThat(refused.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
            assertThat(refused.getMessage()).contains("no search index");
        }
    }
}
