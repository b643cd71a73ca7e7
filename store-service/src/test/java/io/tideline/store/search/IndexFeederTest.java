package io.tideline.store.search;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.search.SearchWorld.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.record.KeyPart;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.RecordKind;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import io.tideline.hbase.codec.OperationCodec;
import io.tideline.store.Messaging;
import io.tideline.store.search.lucene.LuceneIndexes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an index comes to hold what the timelines hold, whatever happens to it. */
final class IndexFeederTest {
    @TempDir
    private Path directory;

    private final Messaging messaging = new Messaging();
    private final ConversationId room = messaging.groupOf("ann", "bob");

    private SearchWorld open(String name) {
        return new SearchWorld(messaging, directory.resolve(name));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path file : files(from)) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    private static long indexed(SearchWorld world) {
        return world.metrics.counter("search.indexed.messages").getCount();
    }

    @Test
    void index_ofWhatWasThereBefore_isMadeAtTheFirstSearch() {
        try (SearchWorld first = open("a")) {
            first.say(room, "ann", "early bird");
        }
        try (SearchWorld world = open("b")) {
            assertThat(world.texts("bird")).containsExactly("early bird");
            assertThat(world.page(request("bird")).state()).isEqualTo(IndexState.EMPTY);
        }
    }

    @Test
    void restart_goesOnWhereItWas() {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            world.say(room, "ann", "word two");
            assertThat(world.texts("word")).hasSize(2);
            assertThat(indexed(world)).isEqualTo(2);
        }
        done(messaging.messages.send(APP, room, user("bob"), Messaging.text("c3", "word three"), soon()));
        try (SearchWorld world = open("a")) {
            assertThat(world.texts("word")).containsExactly("word three", "word two", "word one");
            assertThat(indexed(world)).isEqualTo(1);
        }
    }

    @Test
    void kill_beforeTheCommit_repeatsWithoutDoubling() throws IOException {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);
            await(world.index().commit());
            world.say(room, "ann", "word two");
            assertThat(world.texts("word")).hasSize(2);
            // What a killed process leaves: the files, the lock not held.
            copy(directory.resolve("a"), directory.resolve("killed"));
        }
        try (SearchWorld world = open("killed")) {
            SearchPage<FoundMessage> page = world.page(request("word"));
            assertThat(page.items()).hasSize(2);
            assertThat(page.count()).isEqualTo(2);
            assertThat(indexed(world)).isEqualTo(1);
        }
    }

    @Test
    void position_neverWithoutItsMessages() {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);

            assertThat(await(world.index().positions(List.of(room.value(), "nowhere"))))
                    .containsOnlyKeys(room.value())
                    .containsEntry(room.value(), messaging.lastSeq(room).value());
        }
    }

    @Test
    void lostTrack_looksAgainAndDoublesNothing() {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);

            world.feeder.lostTrack();

            assertThat(world.texts("word")).hasSize(1);
            assertThat(indexed(world)).isEqualTo(1);
        }
    }

    @Test
    void unreadableConversation_keepsNobodyElseOut_andIsReadWhenItCanBe() {
        ConversationId lost = messaging.groupOf("ann", "cyd");
        done(messaging.messages.send(APP, lost, user("ann"), Messaging.text("l1", "word lost"), soon()));
        TierState whole = await(messaging.store.state(lost.timeline(APP), soon()));
        // In files, it says, and there are none.
        Watermarks cold = new Watermarks(SequenceId.NONE, SequenceId.FIRST, SequenceId.FIRST);
        TierState broken = whole.moved(cold);
        assertThat(await(messaging.store.replace(lost.timeline(APP), whole, broken, soon())))
                .isTrue();

        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).containsExactly("word one");
            world.say(room, "ann", "word two");
            assertThat(world.texts("word")).containsExactly("word two", "word one");
            assertThat(world.page(request("word")).state().pending()).isEqualTo(1);
            assertThat(world.metrics
                            .getGauges()
                            .get("search.unreadable.timelines")
                            .getValue())
                    .isEqualTo(1L);

            await(messaging.store.replace(lost.timeline(APP), broken, broken.moved(Watermarks.NONE), soon()));
            world.appFeeder().tick();
            assertThat(world.texts("word")).as("too soon").hasSize(2);
            world.skippedNanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
            world.appFeeder().tick();

            assertThat(world.texts("word")).containsExactlyInAnyOrder("word two", "word one", "word lost");
            assertThat(world.page(request("word")).state()).isEqualTo(IndexState.EMPTY);
        }
    }

    @Test
    void damagedIndex_isMadeAnew() throws IOException {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);
        }
        Path largest = files(directory.resolve("a")).stream()
                .filter(file -> file.toString().endsWith(".cfs"))
                .max(Comparator.comparingLong(file -> file.toFile().length()))
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(largest, bytes);

        try (SearchWorld world = open("a")) {
            assertThat(world.texts("word")).hasSize(1);
            assertThat(indexed(world)).isEqualTo(1);
        }
    }

    @Test
    void cutCommit_isMadeAnew() throws IOException {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);
        }
        for (Path file : files(directory.resolve("a"))) {
            if (file.getFileName().toString().startsWith("segments_")) {
                Files.write(file, new byte[3]);
            }
        }

        try (SearchWorld world = open("a")) {
            assertThat(world.texts("word")).hasSize(1);
        }
    }

    @Test
    void indexInUse_isNotTaken() throws Exception {
        try (SearchWorld world = open("a");
                LuceneIndexes second = new LuceneIndexes(directory.resolve("a"))) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);

            assertThatThrownBy(() -> second.open(APP).get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StorageUnavailableException.class);
            assertThat(world.texts("word")).hasSize(1);
        }
    }

    private void intend(Erasure erasure, long version) {
        RecordKey key = RecordKey.of(
                new TimelineId(APP, TimelineFamily.REGISTRY, "erasures"), RecordKind.ERASURE, KeyPart.of(erasure.id()));
        await(messaging.store.raise(List.of(new TimelineRecord(key, version, OperationCodec.encode(erasure))), soon()));
    }

    @Test
    void erasedByAnotherServer_isTakenOutOfTheFilesToo() throws IOException {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "zqxerasedtoken of ann");
            world.say(room, "bob", "zqxkepttoken of bob");
            assertThat(world.texts("of")).hasSize(2);
            SequenceId seq = messaging.lastSeq(room).plus(-1);
            await(messaging.store.hot().erase(room.timeline(APP), List.of(seq), soon()));
            Instant now = messaging.clock.instant();
            intend(new Erasure("e1", new ErasureTarget.OneUser(APP, user("ann")), now, SequenceId.NONE, now, true), 3);

            assertThat(await(world.feeder.purge(now, soon()))).isTrue();

            assertThat(world.page(request("of")).count()).isEqualTo(1);
            assertThat(world.index().hasRemains()).isFalse();
            assertThat(contain(directory.resolve("a"), "zqxkepttoken")).isTrue();
            assertThat(contain(directory.resolve("a"), "zqxerasedtoken")).isFalse();
        }
    }

    /** Segments of so few words are not compressed. */
    private static boolean contain(Path directory, String word) throws IOException {
        boolean found = false;
        for (Path file : files(directory)) {
            found |= new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(word);
        }
        return found;
    }

    @Test
    void remains_areRememberedOverRestarts() {
        try (SearchWorld world = open("a")) {
            world.say(room, "ann", "word one");
            assertThat(world.texts("word")).hasSize(1);
            await(world.feeder.erased(room.timeline(APP), List.of(messaging.lastSeq(room)), soon()));
            assertThat(world.index().hasRemains()).isTrue();
        }
        try (SearchWorld world = open("a")) {
            assertThat(world.index().hasRemains()).isTrue();
            await(world.feeder.purge(Instant.EPOCH, soon()));
            assertThat(world.index().hasRemains()).isFalse();
        }
    }

    @Test
    void appWithoutTimelines_getsNoIndex() throws IOException {
        try (SearchWorld world = new SearchWorld(new Messaging(), directory.resolve("none"))) {
            assertThat(world.page(request("word")).count()).isZero();
            assertThat(Files.exists(directory.resolve("none"))).isFalse();
        }
    }

    @Test
    void tooMuchPending_isFoundByAnotherWalk() {
        FeedState state = new FeedState(2);
        state.walked(state.walk(10).orElseThrow(), java.util.Map.of(), true);
        state.changed(room.timeline(APP), 5, 7);
        state.changed(TimelineId.conversation("shop", "b"), 5, 8);
        assertThat(state.isWalking()).isFalse();

        state.changed(TimelineId.conversation("shop", "c"), 5, 9);

        assertThat(state.isWalking()).isTrue();
        assertThat(state.size()).isEqualTo(2);
        assertThat(state.isSettled(6)).isFalse();
        assertThat(state.oldest()).contains(7L);
    }
}
