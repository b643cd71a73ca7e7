package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static io.tideline.api.server.Chat.wanted;
import static io.tideline.api.server.Messages.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.tideline.api.server.StatusConformance.Failure;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Conversation;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.ConversationServiceGrpc;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.CreateConversationResponse;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.DissolveConversationRequest;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.api.v1.ListConversationsRequest;
import io.tideline.api.v1.ListConversationsResponse;
import io.tideline.api.v1.ListMembersRequest;
import io.tideline.api.v1.ListMembersResponse;
import io.tideline.api.v1.Member;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.Role;
import io.tideline.api.v1.SetMemberRoleRequest;
import io.tideline.api.v1.UpdateConversationRequest;
import io.tideline.api.v1.UserConversation;
import io.tideline.core.timeline.AppId;
import io.tideline.store.conversation.ConversationRules;
import io.tideline.store.message.MessageRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ConversationServiceTest {
    private static final String TINY_APP = "tiny";

    private ServerFixture fixture;
    private Chat chat;

    @BeforeEach
    void start() {
        AppRules tiny = new AppRules(
                new ConversationRules(2, 3, io.tideline.core.conversation.Role.MODERATOR, false), MessageRules.DEFAULT);
        fixture = new ServerFixture(TidelineServerConfig.onPort(0)
                .withMessaging(new MessagingConfig(AppRules.DEFAULT, Map.of(new AppId(TINY_APP), tiny))));
        chat = new Chat(fixture.channel);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static void assertRefused(ThrowingCallable call, Code code, String reason) {
        Failure failure = failureOf(call);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.code()).isEqualTo(code);
    }

    private Conversation get(String id, String user) {
        return chat.conversations.getConversation(GetConversationRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser(user)
                .build());
    }

    @Test
    void createConversation_group_isWhatItsMembersAreTold() {
        CreateConversationResponse created =
                chat.conversations.createConversation(wanted(ConversationKind.GROUP, "anna", "bob", "carl")
                        .setHistoryVisible(true)
                        .putAttributes("title", "cats")
                        .build());

        Conversation group = get(created.getConversation().getId(), "bob");
        assertThat(group).isEqualTo(created.getConversation());
        assertThat(created.getExisted()).isFalse();
        assertThat(group.getKind()).isEqualTo(ConversationKind.GROUP);
        assertThat(group.getPolicy()).isEqualTo(DiffusionPolicy.DIFFUSION_AUTO);
        assertThat(group.getDiffusion()).isEqualTo(DiffusionPolicy.DIFFUSION_WRITE);
        assertThat(group.getHistoryVisible()).isTrue();
        assertThat(group.getMemberCount()).isEqualTo(3);
        assertThat(group.getAttributesMap()).containsExactly(Map.entry("title", "cats"));
        assertThat(group.getCreatedBy()).isEqualTo("anna");
    }

    @Test
    void createConversation_thresholdOfTheApp_decidesTheDiffusion() {
        Conversation group = chat.conversations
                .createConversation(wanted(ConversationKind.GROUP, "anna", "bob", "carl")
                        .setApp(TINY_APP)
                        .build())
                .getConversation();

        assertThat(group.getDiffusion()).isEqualTo(DiffusionPolicy.DIFFUSION_READ);
    }

    @Test
    void createConversation_sameDirectThousandTimesAtOnce_isOne() throws Exception {
        ConversationServiceGrpc.ConversationServiceFutureStub stub =
                ConversationServiceGrpc.newFutureStub(fixture.channel);
        List<Future<CreateConversationResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            boolean even = i % 2 == 0;
            answers.add(stub.createConversation(
                    wanted(ConversationKind.DIRECT, even ? "anna" : "bob", even ? "bob" : "anna")
                            .build()));
        }

        Set<String> ids = new HashSet<>();
        int created = 0;
        for (Future<CreateConversationResponse> answer : answers) {
            CreateConversationResponse response = answer.get(ServerFixture.WAIT.toSeconds(), TimeUnit.SECONDS);
            ids.add(response.getConversation().getId());
            created += response.getExisted() ? 0 : 1;
        }
        assertThat(ids).hasSize(1);
        assertThat(created).isEqualTo(1);
    }

    @Test
    void createConversation_contextual_isOnePerParticipantsAndContext() {
        CreateConversationRequest.Builder order =
                wanted(ConversationKind.CONTEXTUAL, "anna", "shop").setContext("order 7");

        String first = chat.create(order);

        assertThat(chat.create(order)).isEqualTo(first);
        assertThat(chat.create(order.setContext("order 8"))).isNotEqualTo(first);
    }

    @Test
    void createConversation_requestId_namesOneConversation() {
        CreateConversationRequest.Builder request =
                wanted(ConversationKind.GROUP, "anna", "bob").setRequestId("r1");

        String first = chat.create(request);

        assertThat(chat.create(request)).isEqualTo(first);
    }

    @Test
    void createConversation_malformed_namesEveryField() {
        Failure failure = failureOf(() -> chat.create(CreateConversationRequest.newBuilder()
                .setApp("")
                .addMembers("bob")
                .addMembers("bob")
                .setRequestId("x".repeat(65))));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.fields()).containsExactlyInAnyOrder("app", "creator", "kind", "members[1]", "request_id");
        assertThat(failureOf(() -> chat.create(wanted(ConversationKind.DIRECT, "anna", "bob", "carl")))
                        .fields())
                .containsExactly("members");
        assertThat(failureOf(() -> chat.create(
                                wanted(ConversationKind.GROUP, "anna").setContext("x")))
                        .fields())
                .containsExactly("context");
    }

    @Test
    void createConversation_moreThanTheAppAllows_isRefused() {
        assertRefused(
                () -> chat.create(
                        wanted(ConversationKind.GROUP, "a", "b", "c", "d").setApp(TINY_APP)),
                Code.FAILED_PRECONDITION,
                "TOO_MANY_MEMBERS");
    }

    @Test
    void getConversation_strangersAndUnknownOnes_areRefusedAndServicesAreNot() {
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");

        assertRefused(() -> get(id, "eve"), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(() -> get("0", "anna"), Code.NOT_FOUND, "CONVERSATION_NOT_FOUND");
        assertThat(failureOf(() -> get("No Such", "anna")).fields()).containsExactly("conversation_id");
        assertThat(get(id, "").getMemberCount()).isEqualTo(2);
    }

    private UpdateConversationRequest.Builder update(String id, String user) {
        return UpdateConversationRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser(user);
    }

    @Test
    void updateConversation_owner_changesOnlyWhatIsNamed() {
        String id = chat.create(wanted(ConversationKind.GROUP, "anna", "bob")
                .putAttributes("a", "1")
                .putAttributes("b", "2"));

        Conversation updated = chat.conversations.updateConversation(update(id, "anna")
                .setPolicy(DiffusionPolicy.DIFFUSION_READ)
                .putPutAttributes("c", "3")
                .addRemoveAttributes("a")
                .build());

        assertThat(updated.getDiffusion()).isEqualTo(DiffusionPolicy.DIFFUSION_READ);
        assertThat(updated.getAttributesMap()).isEqualTo(Map.of("b", "2", "c", "3"));
        assertThat(get(id, "bob")).isEqualTo(updated);
    }

    @Test
    void updateConversation_memberAndTooManyAttributes_areRefused() {
        CreateConversationRequest.Builder request = wanted(ConversationKind.GROUP, "anna", "bob");
        IntStream.range(0, 64).forEach(i -> request.putAttributes("a" + i, ""));
        String id = chat.create(request);

        assertRefused(
                () -> chat.conversations.updateConversation(
                        update(id, "bob").setHistoryVisible(true).build()),
                Code.PERMISSION_DENIED,
                "ROLE_TOO_LOW");
        assertThat(failureOf(() -> chat.conversations.updateConversation(
                                update(id, "anna").putPutAttributes("more", "").build()))
                        .fields())
                .containsExactly("put_attributes");
    }

    @Test
    void dissolveConversation_endsSendingAndJoiningAndKeepsHistory() {
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        chat.send(id, "bob", "hello");
        DissolveConversationRequest dissolve = DissolveConversationRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser("anna")
                .build();

        assertThat(chat.conversations.dissolveConversation(dissolve).getDissolved())
                .isTrue();

        assertThat(chat.conversations.dissolveConversation(dissolve).getDissolved())
                .isTrue();
        assertRefused(() -> chat.send(id, "anna", "more"), Code.FAILED_PRECONDITION, "DISSOLVED");
        assertRefused(() -> add(id, "anna", "carl"), Code.FAILED_PRECONDITION, "DISSOLVED");
        assertThat(Chat.texts(chat.read(id, "bob"))).containsExactly("hello");
    }

    private Conversation add(String id, String user, String... members) {
        return chat.conversations.addMembers(AddMembersRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser(user)
                .addAllMembers(List.of(members))
                .build());
    }

    private Conversation remove(String id, String user, String member) {
        return chat.conversations.removeMember(RemoveMemberRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser(user)
                .setMember(member)
                .build());
    }

    @Test
    void addMembers_ownersAndFollowersMay_othersMayNot() {
        String group = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        String channel = chat.create(wanted(ConversationKind.CHANNEL, "anna"));
        String direct = chat.create(wanted(ConversationKind.DIRECT, "anna", "bob"));

        assertThat(add(group, "anna", "bob", "carl").getMemberCount()).isEqualTo(3);
        assertThat(add(channel, "carl", "carl").getMemberCount()).isEqualTo(2);
        assertRefused(() -> add(group, "bob", "dora"), Code.PERMISSION_DENIED, "ROLE_TOO_LOW");
        assertRefused(() -> add(group, "eve", "eve"), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(() -> add(direct, "anna", "carl"), Code.FAILED_PRECONDITION, "FIXED_MEMBERS");
        assertThat(failureOf(() -> add(group, "anna")).fields()).containsExactly("members");
    }

    @Test
    void removeMember_removedAndLeft_sendNothingMore() {
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob", "carl");

        remove(id, "anna", "bob");
        assertThat(remove(id, "carl", "carl").getMemberCount()).isEqualTo(1);

        assertRefused(() -> chat.send(id, "bob", "x"), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(() -> chat.send(id, "carl", "x"), Code.PERMISSION_DENIED, "NOT_MEMBER");
        assertRefused(() -> remove(id, "carl", "anna"), Code.PERMISSION_DENIED, "NOT_MEMBER");
    }

    @Test
    void setMemberRole_owner_makesModerators() {
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
        SetMemberRoleRequest.Builder request = SetMemberRoleRequest.newBuilder()
                .setApp(APP)
                .setConversationId(id)
                .setUser("anna")
                .setMember("bob");

        Member bob =
                chat.conversations.setMemberRole(request.setRole(Role.MODERATOR).build());

        assertThat(bob.getRole()).isEqualTo(Role.MODERATOR);
        assertThat(add(id, "bob", "carl").getMemberCount()).isEqualTo(3);
        assertThat(failureOf(() -> chat.conversations.setMemberRole(
                                request.setRole(Role.ROLE_UNSPECIFIED).build()))
                        .fields())
                .containsExactly("role");
    }

    private ListMembersRequest.Builder members(String id, String user) {
        return ListMembersRequest.newBuilder().setApp(APP).setConversationId(id).setUser(user);
    }

    @Test
    void listMembers_pages_holdEverybodyOnceAndFormerOnesOnDemand() {
        String[] many = IntStream.range(0, 25).mapToObj(i -> "member" + i).toArray(String[]::new);
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", many);
        remove(id, "anna", "member3");
        Set<String> seen = new HashSet<>();
        int pages = 0;
        String token = "";
        do {
            ListMembersResponse page = chat.conversations.listMembers(
                    members(id, "anna").setPageSize(10).setPageToken(token).build());
            page.getMembersList()
                    .forEach(member -> assertThat(seen.add(member.getUser())).isTrue());
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());

        assertThat(seen).hasSize(25).doesNotContain("member3");
        assertThat(pages).isBetween(3, 4);
        assertThat(chat.conversations
                        .listMembers(members(id, "").setIncludeFormer(true).build())
                        .getMembersList())
                .filteredOn(member -> member.getUser().equals("member3"))
                .allMatch(member -> member.getLeftSeq() > 0)
                .hasSize(1);
        assertRefused(
                () -> chat.conversations.listMembers(members(id, "eve").build()), Code.PERMISSION_DENIED, "NOT_MEMBER");
    }

    @Test
    void listMembers_tokenOfAnotherRequest_isRefused() {
        String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob", "carl");
        String token = chat.conversations
                .listMembers(members(id, "anna").setPageSize(1).build())
                .getNextPageToken();

        assertThat(failureOf(() -> chat.conversations.listMembers(members(id, "anna")
                                .setIncludeFormer(true)
                                .setPageToken(token)
                                .build()))
                        .fields())
                .containsExactly("page_token");
    }

    @Test
    void listConversations_pages_areByLastActivity() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String id = chat.group(DiffusionPolicy.DIFFUSION_READ, "anna", "bob");
            chat.send(id, "bob", "m");
            ids.add(0, id);
        }
        chat.awaitFanout();

        List<UserConversation> listed = new ArrayList<>();
        String token = "";
        do {
            ListConversationsResponse page = chat.conversations.listConversations(ListConversationsRequest.newBuilder()
                    .setApp(APP)
                    .setUser("anna")
                    .setPageSize(2)
                    .setPageToken(token)
                    .build());
            listed.addAll(page.getConversationsList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(listed).extracting(UserConversation::getConversationId).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(listed)
                .extracting(UserConversation::getLastTime)
                .isSortedAccordingTo((a, b) -> Long.compare(
                        b.getSeconds() * 1_000_000_000L + b.getNanos(),
                        a.getSeconds() * 1_000_000_000L + a.getNanos()));
        assertThat(listed).allMatch(conversation -> conversation.getUnread().getUnread() == 1);
    }
}
