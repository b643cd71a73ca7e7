package io.tideline.hbase.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.hbase.sequencer.BatchAnswer.AllNew;
import io.tideline.hbase.sequencer.BatchAnswer.Conflict;
import io.tideline.hbase.sequencer.BatchAnswer.EntryAnswer;
import io.tideline.hbase.sequencer.BatchAnswer.ItemAnswer;
import io.tideline.hbase.sequencer.BatchAnswer.SomeRepeated;
import io.tideline.hbase.sequencer.BatchAnswer.WrongRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sequencer on a region with its log and files, opened in this process without a cluster. */
@Timeout(60)
final class RegionSequencerIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final byte[] OTHER = BatchBuilder.prefix("other");

    @TempDir
    Path directory;

    private LocalRegion region;
    private final DedupeFilter filter = LocalRegion.filter();
    private final RegionMemory memory = new RegionMemory(
            new HeadCache(100), new RecordCache(100), filter, new ChangeRing(64, new AtomicLong(100)::incrementAndGet));
    private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
        filter.complete();
    }

    @AfterEach
    void close() throws IOException {
        EnvironmentEdgeManager.reset();
        threads.shutdownNow();
        region.close();
    }

    @Test
    void append_twoItemsOfOneTimeline_goOnWhereTheFirstEnded() throws Exception {
        List<ItemAnswer> answers = send(
                new BatchBuilder().item(TIMELINE, "a", "b").item(OTHER, "a").item(TIMELINE, "c", "a"));

        assertThat(answers.get(0)).isEqualTo(allNew(1, 2));
        assertThat(answers.get(1)).isEqualTo(allNew(1, 1));
        assertThat(seqs(answers.get(2))).containsExactly(3L, 1L);
        assertThat(repeated(answers.get(2))).containsExactly(false, true);
        assertThat(region.head(TIMELINE).last()).isEqualTo(3);
        assertThat(storedSeqs(TIMELINE)).containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "02", "0101", "0101030000", "01ffffffff07", "010053348c", "03", "02ffffffff07"})
    void append_malformedBatch_writesNothingAndLetsTheNextThrough(String hex) throws Exception {
        assertThatThrownBy(() -> region.send(HexFormat.of().parseHex(hex))).isInstanceOf(DoNotRetryIOException.class);

        assertThat(region.everything()).isEmpty();
        assertThat(send(new BatchBuilder().item(TIMELINE, "a"))).containsExactly(allNew(1, 1));
    }

    @Test
    void append_headThatCannotBeDecoded_isRefusedAndLeavesNeighboursAlone() throws Exception {
        region.put(RowKeys.headRow(TIMELINE), SchemaNames.HEAD_FAMILY, SchemaNames.HEAD, new byte[] {9});

        List<ItemAnswer> answers =
                send(new BatchBuilder().item(OTHER, "a").item(TIMELINE, "a").item(OTHER, "b"));

        assertThat(answers).containsExactly(allNew(1, 1), new BatchAnswer.Unreadable(), allNew(2, 1));
        assertThat(storedSeqs(TIMELINE)).isEmpty();
    }

    @Test
    void append_soundItemBesideAMalformedOne_isNotWritten() throws Exception {
        byte[] foreign = TIMELINE.clone();
        foreign[0] ^= 1;

        assertThatThrownBy(() -> send(new BatchBuilder().item(OTHER, "a").item(foreign, "a")))
                .isInstanceOf(DoNotRetryIOException.class);

        assertThat(region.everything()).isEmpty();
    }

    @Test
    void append_idOfOtherContent_isAConflictAndLeavesNeighboursAlone() throws Exception {
        send(new BatchBuilder().item(TIMELINE, "x", "a"));

        List<ItemAnswer> answers = send(new BatchBuilder()
                .item(OTHER, "a")
                .item(TIMELINE, BatchBuilder.entry("s", "new", "1"), BatchBuilder.entry("s", "a", "something else"))
                .item(TIMELINE, "b"));

        assertThat(answers).containsExactly(allNew(1, 1), new Conflict(1, 2), allNew(3, 1));
        assertThat(storedSeqs(TIMELINE)).containsExactly(1L, 2L, 3L);
        assertThat(send(new BatchBuilder().item(TIMELINE, BatchBuilder.entry("s", "new", "1"))))
                .as("the conflict's first entry had not been written")
                .containsExactly(allNew(4, 1));
    }

    @Test
    void append_conflictOnly_writesNothingAtAll() throws Exception {
        send(new BatchBuilder().item(TIMELINE, "a"));
        List<Cell> before = region.everything();

        List<ItemAnswer> answers =
                send(new BatchBuilder().item(TIMELINE, BatchBuilder.entry("s", "a", "something else")));

        assertThat(answers).containsExactly(new Conflict(0, 1));
        assertThat(region.everything()).isEqualTo(before);
    }

    @Test
    void append_timelineOutsideTheRegion_isWrongRegionForItselfAlone(@TempDir Path half) throws Exception {
        byte[] low = Arrays.compareUnsigned(TIMELINE, OTHER) < 0 ? TIMELINE : OTHER;
        byte[] high = low == TIMELINE ? OTHER : TIMELINE;
        try (LocalRegion lower = new LocalRegion(half, RowKeys.headRow(high))) {
            List<ItemAnswer> answers = timeless(
                    lower.send(new BatchBuilder().item(high, "a").item(low, "a").item(high, "b")));

            assertThat(answers).containsExactly(new WrongRegion(), allNew(1, 1), new WrongRegion());
            assertThat(lower.everything()).allMatch(cell -> startsWith(CellUtil.cloneRow(cell), low));
        }
    }

    @Test
    void drain_sameIdInTwoBatches_isWrittenOnceAndAnsweredAlike() throws Exception {
        Drain drain = drain();

        List<ItemAnswer> first =
                drain.prepare(new BatchBuilder().item(TIMELINE, "a", "b").build());
        List<ItemAnswer> second =
                drain.prepare(new BatchBuilder().item(TIMELINE, "b", "c").build());
        List<ItemAnswer> third = drain.prepare(new BatchBuilder()
                .item(TIMELINE, BatchBuilder.entry("s", "c", "other content"))
                .build());
        drain.commit();

        assertThat(seqs(first.get(0))).containsExactly(1L, 2L);
        assertThat(seqs(second.get(0))).containsExactly(2L, 3L);
        assertThat(repeated(second.get(0))).containsExactly(true, false);
        assertThat(third).containsExactly(new Conflict(0, 3));
        assertThat(storedSeqs(TIMELINE)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void append_sameIdAgain_isTheFirstAnswerBeforeAndAfterFlushAndReopening() throws Exception {
        BatchBuilder batch = new BatchBuilder().item(TIMELINE, "a", "b");
        ItemAnswer first = region.send(batch).get(0);

        assertRepeatOf(first, send(batch).get(0));
        region.flush();
        assertRepeatOf(first, send(batch).get(0));
        region.reopen();
        assertRepeatOf(first, send(batch).get(0));
        send(new BatchBuilder().item(TIMELINE, "c"));
        region.reopen();
        assertRepeatOf(first, send(batch).get(0));

        assertThat(storedSeqs(TIMELINE)).containsExactly(1L, 2L, 3L);
        assertThat(send(new BatchBuilder().item(TIMELINE, "d"))).containsExactly(allNew(4, 1));
    }

    /** Whatever the loader of the filter has got to when the repeats come. */
    @Test
    void append_manyIdsAgainRightAfterReopening_areAllRepeats() throws Exception {
        int ids = 1_000;
        for (int i = 0; i < ids; i += 100) {
            send(new BatchBuilder().item(TIMELINE, idsFrom(i, 100)));
        }
        region.flush();
        region.reopen();

        for (int i = ids - 100; i >= 0; i -= 100) {
            ItemAnswer answer =
                    send(new BatchBuilder().item(TIMELINE, idsFrom(i, 100))).get(0);
            assertThat(seqs(answer).get(0)).isEqualTo(i + 1L);
            assertThat(repeated(answer)).doesNotContain(false);
        }
        assertThat(region.head(TIMELINE).last()).isEqualTo(ids);
    }

    @Test
    void append_afterTheDedupeWindow_isNewAgain() throws Exception {
        EnvironmentEdgeManager.injectEdge(now::get);
        BatchBuilder batch = new BatchBuilder().item(TIMELINE, "a");
        send(batch);

        now.addAndGet(TimeUnit.SECONDS.toMillis(LocalRegion.DEDUPE_SECONDS) - 1_000);
        assertThat(repeated(send(batch).get(0))).containsExactly(true);
        now.addAndGet(2_000);
        assertThat(send(batch)).containsExactly(allNew(2, 1));
        assertThat(seqs(send(batch).get(0))).containsExactly(2L);
        region.flush();
        region.reopen();
        assertThat(seqs(send(batch).get(0))).containsExactly(2L);
    }

    @Test
    void append_clockStepsBack_neverReusesASeqAndServerTimeNeverFalls() throws Exception {
        EnvironmentEdgeManager.injectEdge(now::get);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            AllNew answer = (AllNew)
                    region.send(new BatchBuilder().item(TIMELINE, "m" + i)).get(0);
            assertThat(answer.firstSeq()).isEqualTo(i + 1);
            times.add(answer.serverTime());
            now.addAndGet(i % 3 == 0 ? -3_600_000 : 1_000);
            if (i % 5 == 2) {
                region.flush();
            }
            if (i % 7 == 3) {
                region.reopen();
            }
        }

        assertThat(times).isSorted();
        assertThat(region.head(TIMELINE).last()).isEqualTo(20);
        assertThat(storedSeqs(TIMELINE)).hasSize(20);
        assertThat(region.entries(TIMELINE)).isSortedAccordingTo(java.util.Comparator.comparing(Cell::getTimestamp));
    }

    @Test
    void append_writeFailsBeforeItIsDone_evictsTheHeadAndTheSeqIsGivenAgain() throws Exception {
        RegionSequencer sequencer = sequencer();
        sequencer.append(BatchBuilder.one(TIMELINE, "a"));
        region.failWritesBy(write -> {
            throw new IOException("the log is gone");
        });

        assertThatThrownBy(() -> sequencer.append(BatchBuilder.one(TIMELINE, "b")))
                .hasMessage("the log is gone");
        assertThat(memory.heads().get(new Key(TIMELINE))).isNull();

        region.healWrites();
        assertThat(timeless(sequencer.append(BatchBuilder.one(TIMELINE, "b")))).containsExactly(allNew(2, 1));
    }

    /** The worst of failures: the edit is durable, and nobody was told. */
    @Test
    void append_writeFailsAfterItIsDone_isARepeatWhenItComesAgain() throws Exception {
        RegionSequencer sequencer = sequencer();
        sequencer.append(BatchBuilder.one(TIMELINE, "a"));
        region.failWritesBy(write -> {
            write.run();
            throw new IOException("answer lost");
        });

        assertThatThrownBy(() -> sequencer.append(BatchBuilder.one(TIMELINE, "b")))
                .hasMessage("answer lost");
        assertThat(memory.heads().get(new Key(TIMELINE))).isNull();

        region.healWrites();
        assertThat(timeless(sequencer.append(BatchBuilder.one(TIMELINE, "c")))).containsExactly(allNew(3, 1));
        ItemAnswer again = sequencer.append(BatchBuilder.one(TIMELINE, "b")).get(0);
        assertThat(seqs(again)).containsExactly(2L);
        assertThat(repeated(again)).containsExactly(true);
    }

    @Test
    void append_writeFailsByAnythingAtAll_isAnIOExceptionAndTheSequencerLivesOn() throws Exception {
        RegionSequencer sequencer = sequencer();
        region.failWritesBy(write -> {
            throw new AssertionError("not even an exception");
        });

        assertThatThrownBy(() -> sequencer.append(BatchBuilder.one(TIMELINE, "a")))
                .isInstanceOf(IOException.class);

        region.healWrites();
        assertThat(timeless(sequencer.append(BatchBuilder.one(TIMELINE, "a")))).containsExactly(allNew(1, 1));
    }

    @Test
    void append_regionClosed_failsForAllWhoWait() throws Exception {
        RegionSequencer sequencer = sequencer();
        sequencer.append(BatchBuilder.one(TIMELINE, "a"));
        region.closeRegion();

        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String id = "after-" + i;
            waiting.add(threads.submit(() -> sequencer.append(BatchBuilder.one(TIMELINE, id))));
        }

        for (Future<?> append : waiting) {
            assertThatThrownBy(() -> append.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
        assertThat(memory.heads().get(new Key(TIMELINE))).isNull();
    }

    @Test
    void append_whatArrivesDuringAWrite_leavesTogetherInTheNext() throws Exception {
        RegionSequencer sequencer = sequencer();
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger writes = new AtomicInteger();
        region.failWritesBy(write -> {
            if (writes.incrementAndGet() == 1) {
                writing.countDown();
                await(goOn);
            }
            write.run();
        });
        List<Future<List<ItemAnswer>>> appends = new ArrayList<>();
        appends.add(append(sequencer, "first"));
        await(writing);

        for (int i = 0; i < 8; i++) {
            appends.add(append(sequencer, i < 4 ? "same" : "m" + i));
        }
        goOn.countDown();

        List<Long> seqs = new ArrayList<>();
        for (Future<List<ItemAnswer>> append : appends) {
            seqs.addAll(seqs(append.get(20, TimeUnit.SECONDS).get(0)));
        }
        assertThat(writes).hasValue(2);
        assertThat(seqs).containsOnly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(storedSeqs(TIMELINE)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    /** Runs in a thread of its own; returns once it waits in the queue or has begun to write. */
    private Future<List<ItemAnswer>> append(RegionSequencer sequencer, String id) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Thread[] appender = new Thread[1];
        Future<List<ItemAnswer>> append = threads.submit(() -> {
            appender[0] = Thread.currentThread();
            started.countDown();
            return sequencer.append(BatchBuilder.one(TIMELINE, id));
        });
        await(started);
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (LockSupport.getBlocker(appender[0]) == null) {
            assertThat(System.nanoTime()).isLessThan(giveUp);
            Thread.onSpinWait();
        }
        return append;
    }

    @Test
    void append_32Threads_getContiguousSeqsForFewerSyncsThanBatches() throws Exception {
        int writers = 32;
        int each = 100;
        RegionSequencer sequencer = sequencer();
        List<Future<List<Long>>> running = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            String name = "w" + writer;
            running.add(threads.submit(() -> {
                List<Long> mine = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    mine.addAll(seqs(sequencer
                            .append(BatchBuilder.one(TIMELINE, name + "-" + i))
                            .get(0)));
                }
                return mine;
            }));
        }
        List<Long> all = new ArrayList<>();
        for (Future<List<Long>> writer : running) {
            List<Long> mine = writer.get(40, TimeUnit.SECONDS);
            assertThat(mine).isSorted();
            all.addAll(mine);
        }

        assertThat(all).doesNotHaveDuplicates().hasSize(writers * each);
        assertThat(storedSeqs(TIMELINE)).hasSize(writers * each).last().isEqualTo((long) writers * each);
        assertThat(region.metrics().timer("sync").getHistogram().getCount())
                .isPositive()
                .isLessThan(writers * each / 2);
    }

    private RegionSequencer sequencer() {
        return new RegionSequencer(region.region(), memory, new SequencerMetrics(region.metrics()));
    }

    private Drain drain() {
        return new Drain(region.region(), memory, new SequencerMetrics(region.metrics()), now.get());
    }

    private static String[] idsFrom(int first, int count) {
        String[] ids = new String[count];
        for (int i = 0; i < count; i++) {
            ids[i] = "id-" + (first + i);
        }
        return ids;
    }

    private List<Long> storedSeqs(byte[] prefix) throws IOException {
        List<Long> seqs = region.entries(prefix).stream()
                .map(cell -> RowKeys.seq(cell.getRowArray(), cell.getRowOffset(), prefix.length))
                .toList();
        for (int i = 0; i < seqs.size(); i++) {
            assertThat(seqs.get(i)).isEqualTo(i + 1L);
        }
        return seqs;
    }

    private static ItemAnswer allNew(long firstSeq, int entries) {
        return new AllNew(firstSeq, 0, entries, firstSeq);
    }

    private List<ItemAnswer> send(BatchBuilder batch) throws IOException {
        return timeless(region.send(batch));
    }

    /** Without the server time, which is not the same in any two runs. */
    private static List<ItemAnswer> timeless(List<ItemAnswer> answers) {
        return answers.stream()
                .map(answer -> answer instanceof AllNew all ? allNew(all.firstSeq(), all.entries()) : answer)
                .toList();
    }

    private static void assertRepeatOf(ItemAnswer first, ItemAnswer again) {
        assertThat(again).isInstanceOf(SomeRepeated.class);
        assertThat(repeated(again)).doesNotContain(false);
        assertThat(seqs(again)).isEqualTo(seqs(first));
        assertThat(((SomeRepeated) again).entries())
                .allMatch(entry -> entry.serverTime() == ((AllNew) first).serverTime());
    }

    private static List<Long> seqs(ItemAnswer answer) {
        if (answer instanceof AllNew all) {
            List<Long> seqs = new ArrayList<>();
            for (int i = 0; i < all.entries(); i++) {
                seqs.add(all.firstSeq() + i);
            }
            return seqs;
        }
        return ((SomeRepeated) answer).entries().stream().map(EntryAnswer::seq).toList();
    }

    private static List<Boolean> repeated(ItemAnswer answer) {
        return ((SomeRepeated) answer)
                .entries().stream().map(EntryAnswer::repeated).toList();
    }

    private static boolean startsWith(byte[] row, byte[] prefix) {
        return Arrays.equals(Arrays.copyOf(row, prefix.length), prefix);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
