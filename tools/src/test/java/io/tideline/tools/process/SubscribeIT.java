package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.Checkpoint;
import io.tideline.api.v1.ConversationKind;
import io.tideline.api.v1.CreateConversationRequest;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.GetCheckpointsRequest;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SendRequest;
import io.tideline.api.v1.SendResponse;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.hbase.embedded.EmbeddedHBaseMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices of one group that subscribe at several servers. Two of these never look for what has moved unless they are asked
 * to, so that all they know of each other they have been told.
 */
final class SubscribeIT {
    private static final int PATIENCE_SECONDS = 30;
    private static final int MESSAGES = 20;
    private static final long NEVER_MILLIS = 3_600_000;
    /** How often a server looks whether the devices of its streams have newer ones. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(20);

    /** No server gets this port, as one might that was free a moment ago. */
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    private static Path directory;

    private static ChildJvm hbase;
    private static ServeProcess one;
    private static ServeProcess other;
    private static TidelineClient atOne;
    private static TidelineClient atOther;

    @BeforeAll
    static void start() throws Exception {
        hbase = ChildJvm.start(
                EmbeddedHBaseMain.class.getName(),
                List.of("--dir", directory.resolve("hbase").toString()));
        String site = siteThatNeverLooks();
        one = ServeProcess.start(0, "--hbase-site", site);
        other = ServeProcess.start(0, "--hbase-site", site);
        atOne = one.client();
        atOther = other.client();
        awaitPeer(atOne);
        awaitPeer(atOther);
    }

    private static String quorum() throws Exception {
        return hbase.firstLine(120).substring("READY zookeeper=".length());
    }

    private static String siteThatNeverLooks() throws Exception {
        Path site = directory.resolve("hbase-site.xml");
        Files.writeString(site, """
                <configuration>
                    <property><name>hbase.zookeeper.quorum</name><value>localhost</value></property>
                    <property><name>hbase.zookeeper.property.clientPort</name><value>%s</value></property>
                    <property><name>tideline.feed.pause.millis</name><value>%d</value></property>
                </configuration>
                """.formatted(quorum().substring("localhost:".length()), NEVER_MILLIS));
        return site.toString();
    }

    /** Servers meet in ZooKeeper some time after they are ready: what is sent before that is found by looking alone. */
    private static void awaitPeer(TidelineClient client) throws Exception {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (metric(client, "peer.links.ready.count") < 1) {
            assertThat(Instant.now()).as("servers have met").isBefore(end);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : Arrays.asList(atOne, atOther, one, other, hbase)) {
            // Those that a failed start has not come to.
            if (part != null) {
                part.close();
            }
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static double metric(TidelineClient client, String name) throws Exception {
        return await(client.operator().serverInfo()).getMetricsOrThrow(name);
    }

    private static String group(TidelineClient client, String app, DiffusionPolicy policy) throws Exception {
        return await(client.messaging()
                        .createConversation(CreateConversationRequest.newBuilder()
                                .setApp(app)
                                .setCreator("ann")
                                .setKind(ConversationKind.GROUP)
                                .setPolicy(policy)
                                .setHistoryVisible(true)
                                .addAllMembers(List.of("bob", "cyd"))
                                .build()))
                .getConversation()
                .getId();
    }

    private static CompletableFuture<SendResponse> send(
            TidelineClient client, String app, String group, String sender, String id) {
        return client.messaging()
                .send(SendRequest.newBuilder()
                        .setApp(app)
                        .setConversationId(group)
                        .setSender(sender)
                        .setMessage(OutgoingMessage.newBuilder()
                                .setClientMessageId(id)
                                .setKind("text")
                                .setPayload(ByteString.copyFromUtf8("text of " + id)))
                        .build());
    }

    private static List<String> history(TidelineClient client, String app, String group) {
        List<String> ids = new ArrayList<>();
        client.messaging()
                .allMessages(
                        ListMessagesRequest.newBuilder()
                                .setApp(app)
                                .setConversationId(group)
                                .setUser("ann")
                                .build(),
                        gap -> {
                            throw new AssertionError("gap: " + gap);
                        })
                .forEachRemaining(message -> {
                    if (!message.hasEvent()) {
                        ids.add(message.getClientMessageId());
                    }
                });
        return ids;
    }

    private static void assertAllHave(List<String> expected, String group, SubscribedDevice... devices) {
        for (SubscribedDevice device : devices) {
            assertThat(device.received(group)).isEqualTo(expected);
        }
    }

    @Test
    void send_atEitherServer_isHintedToTheDevicesOfBoth() throws Exception {
        String app = "hints";
        String read = group(atOne, app, DiffusionPolicy.DIFFUSION_READ);
        String write = group(atOther, app, DiffusionPolicy.DIFFUSION_WRITE);
        try (SubscribedDevice phone = new SubscribedDevice(app, "ann", "phone");
                SubscribedDevice tablet = new SubscribedDevice(app, "ann", "tablet");
                SubscribedDevice bob = new SubscribedDevice(app, "bob", "phone");
                SubscribedDevice cyd = new SubscribedDevice(app, "cyd", "phone")) {
            phone.subscribe(atOne);
            bob.subscribe(atOne);
            tablet.subscribe(atOther);
            cyd.subscribe(atOther);
            List<SubscribedDevice> all = List.of(phone, tablet, bob, cyd);
            for (SubscribedDevice device : all) {
                device.await(read, 1, PATIENCE_SECONDS);
                device.await(write, 1, PATIENCE_SECONDS);
            }
            double looksAtOne = metric(atOne, "hbase.feed.polls.count");
            double looksAtOther = metric(atOther, "hbase.feed.polls.count");

            long[] nanos = new long[2 * MESSAGES];
            for (int i = 0; i < nanos.length; i++) {
                String group = i / 2 % 2 == 0 ? read : write;
                long seq = i % 2 == 0
                        ? await(send(atOne, app, group, "ann", "m" + i)).getSeq()
                        : await(send(atOther, app, group, "cyd", "m" + i)).getSeq();
                long acknowledged = System.nanoTime();
                for (SubscribedDevice device : all) {
                    nanos[i] = Math.max(nanos[i], device.await(group, seq, PATIENCE_SECONDS) - acknowledged);
                }
            }

            Arrays.sort(nanos);
            System.err.printf(
                    "on the last device after %.1f ms in the middle, %.1f ms at worst%n",
                    nanos[nanos.length / 2] / 1e6, nanos[nanos.length - 1] / 1e6);
            for (String group : List.of(read, write)) {
                List<String> history = history(atOne, app, group);
                assertThat(history).hasSize(MESSAGES);
                assertAllHave(history, group, phone, tablet, bob, cyd);
            }
            // Nobody has looked meanwhile, so it was the hints.
            assertThat(metric(atOne, "hbase.feed.polls.count")).isEqualTo(looksAtOne);
            assertThat(metric(atOther, "hbase.feed.polls.count")).isEqualTo(looksAtOther);
        }
    }

    @Test
    void send_toAServerThatNobodyCanHint_isFoundByItsLooks_andItsDevicesGoOnElsewhere() throws Exception {
        String app = "lost";
        String group = group(atOne, app, DiffusionPolicy.DIFFUSION_READ);
        try (ServeProcess deaf = ServeProcess.start(0, "--hbase-quorum", quorum(), "--advertise", NOBODY);
                TidelineClient atDeaf = deaf.client();
                SubscribedDevice ann = new SubscribedDevice(app, "ann", "phone");
                SubscribedDevice bob = new SubscribedDevice(app, "bob", "phone");
                SubscribedDevice cyd = new SubscribedDevice(app, "cyd", "phone")) {
            ann.subscribe(atOne);
            List<SubscribedDevice.Stream> lost = List.of(bob.subscribe(atDeaf), cyd.subscribe(atDeaf));
            for (SubscribedDevice.Stream stream : lost) {
                await(stream.caughtUp());
            }

            for (int i = 0; i < MESSAGES; i++) {
                long seq = await(send(atOne, app, group, "ann", "m" + i)).getSeq();
                bob.await(group, seq, PATIENCE_SECONDS);
                cyd.await(group, seq, PATIENCE_SECONDS);
            }
            assertThat(metric(atDeaf, "peer.hints.received.count")).isZero();

            List<CompletableFuture<SendResponse>> sends = new ArrayList<>();
            for (int i = 0; i < 10 * MESSAGES; i++) {
                sends.add(send(atDeaf, app, group, "bob", "d" + i));
            }
            await(sends.get(MESSAGES));
            deaf.jvm().kill();
            for (SubscribedDevice.Stream stream : lost) {
                await(stream.end());
            }
            bob.subscribe(atOther);
            cyd.subscribe(atOne);
            long last = 0;
            for (int i = 0; i < sends.size(); i++) {
                SendResponse sent = await(send(atOther, app, group, "bob", "d" + i));
                last = Math.max(last, sent.getSeq());
                if (isAcknowledged(sends.get(i))) {
                    assertThat(sent.getRepeated()).as("d%d is there", i).isTrue();
                }
            }
            // Told by hints again: of the last breath of the one that died nobody may have heard.
            last = Math.max(
                    last, await(send(atOther, app, group, "cyd", "last")).getSeq());

            ann.await(group, last, PATIENCE_SECONDS);
            bob.await(group, last, PATIENCE_SECONDS);
            cyd.await(group, last, PATIENCE_SECONDS);
            List<String> history = history(atOne, app, group);
            assertThat(history).hasSize(11 * MESSAGES + 1).doesNotHaveDuplicates();
            assertAllHave(history, group, ann, bob, cyd);
        }
    }

    private static boolean isAcknowledged(CompletableFuture<?> send) {
        return send.isDone() && !send.isCompletedExceptionally();
    }

    /** A server looks every 20 s: that several streams in a row are ended within that time was the hints. */
    @Test
    void subscribe_sameDeviceAtTheOtherServer_endsTheOlderStreamAtOnce_andTheDeviceGoesOnThere() throws Exception {
        String app = "twice";
        String group = group(atOne, app, DiffusionPolicy.DIFFUSION_READ);
        try (SubscribedDevice ann = new SubscribedDevice(app, "ann", "phone")) {
            SubscribedDevice.Stream open = ann.subscribe(atOne);
            ann.await(group, 1, PATIENCE_SECONDS);
            long start = System.nanoTime();
            for (TidelineClient next : List.of(atOther, atOne, atOther, atOne, atOther)) {
                SubscribedDevice.Stream newer = ann.subscribe(next);
                assertThat(await(open.end()).reason()).isEqualTo("REPLACED");
                await(newer.caughtUp());
                open = newer;
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BETWEEN_LOOKS);

            long last = 0;
            for (int i = 0; i < MESSAGES; i++) {
                last = await(send(i % 2 == 0 ? atOne : atOther, app, group, "bob", "m" + i))
                        .getSeq();
                ann.await(group, last, PATIENCE_SECONDS);
            }
            assertAllHave(history(atOne, app, group), group, ann);
            assertThat(open.end()).isNotDone();
            awaitCheckpoint(app, group, last);
        }
    }

    /** And another device of the user keeps its stream there. */
    @Test
    void subscribe_olderStreamAtAServerThatNobodyCanHint_endsWithItsNextLook() throws Exception {
        String app = "looked";
        String group = group(atOne, app, DiffusionPolicy.DIFFUSION_READ);
        try (ServeProcess deaf = ServeProcess.start(0, "--hbase-quorum", quorum(), "--advertise", NOBODY);
                TidelineClient atDeaf = deaf.client();
                SubscribedDevice left = new SubscribedDevice(app, "ann", "phone", false);
                SubscribedDevice tablet = new SubscribedDevice(app, "ann", "tablet");
                SubscribedDevice now = new SubscribedDevice(app, "ann", "phone")) {
            SubscribedDevice.Stream open = left.subscribe(atDeaf);
            left.await(group, 1, PATIENCE_SECONDS);
            SubscribedDevice.Stream beside = tablet.subscribe(atDeaf);
            await(beside.caughtUp());

            SubscribedDevice.Stream newer = now.subscribe(atOne);
            TidelineCallException end = open.end().get(PATIENCE_SECONDS + BETWEEN_LOOKS.toSeconds(), TimeUnit.SECONDS);

            assertThat(end.reason()).isEqualTo("REPLACED");
            assertThat(metric(atDeaf, "peer.hints.received.count")).isZero();
            long last = await(send(atDeaf, app, group, "bob", "after")).getSeq();
            now.await(group, last, PATIENCE_SECONDS);
            tablet.await(group, last, PATIENCE_SECONDS);
            assertThat(left.received(group)).isEmpty();
            assertThat(newer.end()).isNotDone();
            assertThat(beside.end()).isNotDone();
        }
    }

    /** Acknowledgements on a stream are stored together, every two seconds. */
    private static void awaitCheckpoint(String app, String group, long seq) throws Exception {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (checkpoint(app, group) < seq) {
            assertThat(Instant.now()).as("stored").isBefore(end);
        }
    }

    private static long checkpoint(String app, String group) throws Exception {
        return await(atOne.messaging()
                        .getCheckpoints(GetCheckpointsRequest.newBuilder()
                                .setApp(app)
                                .setUser("ann")
                                .setDevice("phone")
                                .build()))
                .getCheckpointsList()
                .stream()
                .filter(stored -> stored.getConversationId().equals(group))
                .mapToLong(Checkpoint::getSeq)
                .findAny()
                .orElse(0);
    }
}
