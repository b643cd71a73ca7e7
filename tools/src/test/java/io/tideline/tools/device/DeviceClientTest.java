package io.tideline.tools.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.AddMembersRequest;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.ConversationUnread;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.DeleteMessageRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.EditMessageRequest;
import io.tideline.api.v1.ForgetDeviceRequest;
import io.tideline.api.v1.GetUnreadRequest;
import io.tideline.api.v1.GetUnreadResponse;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.ReactRequest;
import io.tideline.api.v1.RecallMessageRequest;
import io.tideline.api.v1.RemoveMemberRequest;
import io.tideline.api.v1.Role;
import io.tideline.api.v1.SendPersonalRequest;
import io.tideline.api.v1.SendRequest;
import io.tideline.client.DeviceClient;
import io.tideline.client.DeviceConfig;
import io.tideline.client.DeviceListener;
import io.tideline.client.MessagingClient;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import io.tideline.tools.CliFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device against a real server over storage in memory: what it shows and counts is what the server says. */
final class DeviceClientTest {
    private static final String APP = "chat";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final CliFixture server = new CliFixture(InstantSource.system(), Duration.ofDays(7));
    private final TidelineClient client = TidelineClient.connect(TidelineClientConfig.of(server.address()));
    private final MessagingClient service = client.messaging();
    private final Recorder shown = new Recorder();
    private int sent;

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** What a device has told, over all of its restarts. */
    private static final class Recorder implements DeviceListener {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final Set<String> messages = ConcurrentHashMap.newKeySet();
        private final BlockingQueue<String> doubled = new LinkedBlockingQueue<>();

        @Override
        public void onMessage(String conversationId, Message message) {
            String name = conversationId + " " + message.getSeq() + " " + message.getPersonalSeq();
            if (!messages.add(name)) {
                doubled.add(name);
            }
        }

        @Override
        public void onCaughtUp() {
            events.add("caught up");
        }

        @Override
        public void onFailure(RuntimeException failure) {
            events.add(failure instanceof TidelineCallException call ? call.reason() : failure.toString());
        }

        void await(String wanted) throws InterruptedException {
            String event = "";
            while (!event.equals(wanted)) {
                event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(event).as("waiting for " + wanted).isNotNull();
            }
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private Path store() {
        return directory.resolve("phone.db");
    }

    private DeviceClient bobsPhone() throws InterruptedException {
        DeviceClient phone = service.openDevice(DeviceConfig.of(APP, "bob", "phone", store()), shown);
        phone.start();
        shown.await("caught up");
        return phone;
    }

    private String group(DiffusionPolicy policy) throws Exception {
        return get(service.createConversation(CreateConversationRequest.newBuilder()
                        .setApp(APP)
                        .setCreator("anna")
                        .setKind(ConversationKind.GROUP)
                        .addMembers("bob")
                        .setHistoryVisible(true)
                        .setPolicy(policy)
                        .build()))
                .getConversation()
                .getId();
    }

    private OutgoingMessage text(boolean notice) {
        return OutgoingMessage.newBuilder()
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8("text " + sent++))
                .setNotice(notice)
                .build();
    }

    private long send(String room, String sender, boolean notice) throws Exception {
        return get(service.send(SendRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(room)
                        .setSender(sender)
                        .setMessage(text(notice))
                        .build()))
                .getSeq();
    }

    private void sendPersonal(String room, String sender, long follows, boolean notice) throws Exception {
        get(service.sendPersonal(SendPersonalRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setSender(sender)
                .addRecipients("bob")
                .setFollowsSeq(follows)
                .setMessage(text(notice))
                .build()));
    }

    private void edit(String room, long seq) throws Exception {
        get(service.editMessage(EditMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("anna")
                .setSeq(seq)
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8("edit " + sent++))
                .build()));
    }

    private void recall(String room, long seq) throws Exception {
        get(service.recallMessage(RecallMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("anna")
                .setSeq(seq)
                .build()));
    }

    private void deleteForBob(String room, long seq) throws Exception {
        get(service.deleteMessage(DeleteMessageRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("bob")
                .setSeq(seq)
                .setOnlyForMe(true)
                .build()));
    }

    private void react(String room, long seq) throws Exception {
        get(service.react(ReactRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("anna")
                .setSeq(seq)
                .setReaction("+1")
                .build()));
    }

    private void leaveAndReturn(String room) throws Exception {
        get(service.removeMember(RemoveMemberRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("anna")
                .setMember("bob")
                .build()));
        send(room, "anna", false);
        get(service.addMembers(AddMembersRequest.newBuilder()
                .setApp(APP)
                .setConversationId(room)
                .setUser("anna")
                .addMembers("bob")
                .setRole(Role.MEMBER)
                .build()));
    }

    private GetUnreadRequest.Builder unreadOfBob() {
        return GetUnreadRequest.newBuilder().setApp(APP).setUser("bob");
    }

    private ConversationUnread unread(String room) throws Exception {
        return get(service.getUnread(unreadOfBob().setConversationId(room).build()))
                .getConversations(0);
    }

    /** Whether the device has come as far as the server, and says the same of a conversation. */
    private boolean agrees(DeviceClient phone, String room) throws Exception {
        ConversationUnread there = unread(room);
        Checkpoint here = get(phone.checkpoints()).stream()
                .filter(checkpoint -> checkpoint.getConversationId().equals(room))
                .findFirst()
                .orElse(Checkpoint.getDefaultInstance());
        return here.getSeq() == there.getLastSeq()
                && here.getPersonalSeq() == there.getPersonalLastSeq()
                && get(phone.unread(room)) == there.getUnread();
    }

    private void assertAgreement(DeviceClient phone, List<String> rooms) throws Exception {
        for (String room : rooms) {
            Instant end = Instant.now().plus(PATIENCE);
            while (!agrees(phone, room)) {
                assertThat(Instant.now())
                        .as("the server says " + unread(room) + ", the device " + get(phone.unread(room)) + " "
                                + get(phone.checkpoints()))
                        .isBefore(end);
            }
            assertThat(visible(get(phone.messages(room, 1_000)))).isEqualTo(visible(history(room)));
        }
        GetUnreadResponse all =
                get(service.getUnread(unreadOfBob().setRecount(true).build()));
        assertThat(get(phone.totalUnread())).isEqualTo(all.getTotal());
        assertThat(all.getDifferencesList()).isEmpty();
        assertThat(shown.doubled).isEmpty();
    }

    private List<Message> history(String room) throws Exception {
        return get(service.listMessages(ListMessagesRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(room)
                        .setUser("bob")
                        .setPageSize(1_000)
                        .build()))
                .getMessagesList();
    }

    private static List<String> visible(List<Message> messages) {
        return messages.stream()
                .filter(message -> !message.hasEvent())
                .map(message -> message.getSeq() + "/" + message.getPersonalSeq() + " " + message.getState() + " "
                        + message.getPayload().toStringUtf8() + " " + message.getNotice() + " "
                        + message.getReactionsList())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DIFFUSION_READ", "DIFFUSION_WRITE"})
    void device_showsAndCountsWhatTheServerSays(DiffusionPolicy policy) throws Exception {
        String room = group(policy);
        List<String> rooms = List.of(room);
        try (DeviceClient phone = bobsPhone()) {
            long first = send(room, "anna", false);
            long second = send(room, "anna", false);
            send(room, "anna", true);
            sendPersonal(room, "anna", 0, false);
            sendPersonal(room, "anna", 0, true);
            assertAgreement(phone, rooms);
            assertThat(get(phone.unread(room))).isEqualTo(3);

            edit(room, first);
            recall(room, second);
            react(room, first);
            assertAgreement(phone, rooms);
            assertThat(get(phone.unread(room))).isEqualTo(2);

            get(phone.send(room, "text", ByteString.copyFromUtf8("mine")));
            assertAgreement(phone, rooms);
            assertThat(get(phone.unread(room))).isEqualTo(1);

            get(phone.markRead(room, 0));
            assertAgreement(phone, rooms);
            assertThat(unread(room).getUnread()).isZero();
        }
    }

    @Test
    void device_thatWasOff_catchesUpAndShowsNothingTwice() throws Exception {
        String room = group(DiffusionPolicy.DIFFUSION_READ);
        List<String> rooms = List.of(room);
        try (DeviceClient phone = bobsPhone()) {
            send(room, "anna", false);
            assertAgreement(phone, rooms);
        }
        long second = send(room, "anna", false);
        sendPersonal(room, "anna", second, false);
        recall(room, second);

        try (DeviceClient phone = bobsPhone()) {
            assertAgreement(phone, rooms);
            assertThat(get(phone.unread(room))).isEqualTo(2);
        }
        server.restartServer();
        try (DeviceClient phone = bobsPhone()) {
            get(phone.markRead(room, second));
            assertAgreement(phone, rooms);
            assertThat(unread(room).getUnread()).isZero();
        }
    }

    @Test
    void device_withAnInvalidToken_tellsWhatItHas_howeverMuchThatIs() throws Exception {
        List<String> rooms = new ArrayList<>();
        for (int i = 0; i < 1_050; i++) {
            rooms.add(group(DiffusionPolicy.DIFFUSION_READ));
        }
        try (DeviceClient phone = bobsPhone()) {
            assertAgreement(phone, List.of(rooms.get(0), rooms.get(1_049)));
            assertThat(get(phone.checkpoints())).hasSize(rooms.size());
        }
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + store());
                Statement statement = file.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE meta SET value = 'nonsense' WHERE name = 'token'"))
                    .isEqualTo(1);
        }
        send(rooms.get(7), "anna", false);

        try (DeviceClient phone = bobsPhone()) {
            assertAgreement(phone, List.of(rooms.get(0), rooms.get(7), rooms.get(1_049)));
            assertThat(shown.events).isEmpty();
        }
    }

    @Test
    void device_thatIsForgotten_ends() throws Exception {
        group(DiffusionPolicy.DIFFUSION_READ);
        try (DeviceClient phone = bobsPhone()) {
            get(service.forgetDevice(ForgetDeviceRequest.newBuilder()
                    .setApp(APP)
                    .setUser("bob")
                    .setDevice("phone")
                    .build()));

            shown.await("DEVICE_FORGOTTEN");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void device_whateverHappens_agreesWithTheServer(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> rooms = List.of(group(DiffusionPolicy.DIFFUSION_READ), group(DiffusionPolicy.DIFFUSION_WRITE));
        Set<String> gone = new HashSet<>();
        DeviceClient phone = bobsPhone();
        try {
            for (int step = 1; step <= 160; step++) {
                String room = rooms.get(random.nextInt(rooms.size()));
                if (random.nextInt(30) == 0) {
                    phone.close();
                    step(random, room, gone);
                    phone = bobsPhone();
                } else if (random.nextInt(6) == 0) {
                    onPhone(phone, random, room);
                } else {
                    step(random, room, gone);
                }
                if (step % 20 == 0) {
                    assertAgreement(phone, rooms);
                }
            }
        } finally {
            phone.close();
        }
    }

    private static void onPhone(DeviceClient phone, Random random, String room) throws Exception {
        long reached = get(phone.checkpoints()).stream()
                .filter(checkpoint -> checkpoint.getConversationId().equals(room))
                .mapToLong(Checkpoint::getSeq)
                .findFirst()
                .orElse(0);
        switch (random.nextInt(3)) {
            case 0 -> get(phone.send(room, "text", ByteString.copyFromUtf8("mine")));
            case 1 -> get(phone.markRead(room, 0));
            default -> get(phone.markRead(room, reached == 0 ? 0 : 1 + random.nextLong(reached)));
        }
    }

    private void step(Random random, String room, Set<String> gone) throws Exception {
        List<Message> annas = history(room).stream()
                .filter(message -> message.getSender().equals("anna")
                        && !message.hasEvent()
                        && message.getPersonalSeq() == 0
                        && !gone.contains(room + message.getSeq()))
                .toList();
        long target = annas.isEmpty()
                ? send(room, "anna", false)
                : annas.get(random.nextInt(annas.size())).getSeq();
        switch (random.nextInt(12)) {
            case 0 -> send(room, "anna", true);
            case 1 -> sendPersonal(room, "anna", 0, false);
            case 2 -> sendPersonal(room, "anna", target, random.nextBoolean());
            case 3 -> sendPersonal(room, "bob", 0, random.nextBoolean());
            case 4 -> send(room, "bob", random.nextBoolean());
            case 5 -> edit(room, target);
            case 6 -> {
                recall(room, target);
                gone.add(room + target);
            }
            case 7 -> deleteForBob(room, target);
            case 8 -> react(room, target);
            case 9 -> {
                if (random.nextInt(4) == 0) {
                    leaveAndReturn(room);
                }
            }
            default -> send(room, "anna", false);
        }
    }
}
