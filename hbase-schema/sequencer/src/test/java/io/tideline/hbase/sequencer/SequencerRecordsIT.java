package io.tideline.hbase.sequencer;

import static io.tideline.hbase.sequencer.BatchBuilder.item;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.hbase.sequencer.BatchAnswer.AllNew;
import io.tideline.hbase.sequencer.BatchAnswer.EntryAnswer;
import io.tideline.hbase.sequencer.BatchAnswer.ItemAnswer;
import io.tideline.hbase.sequencer.BatchAnswer.Refused;
import io.tideline.hbase.sequencer.BatchAnswer.SomeRepeated;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What appends count, bring along and demand, on a region with its log and files. */
@Timeout(60)
final class SequencerRecordsIT {
    private static final byte[] TIMELINE = BatchBuilder.prefix("t");
    private static final int MEMBER = 17;
    private static final int TASK = 23;

    @TempDir
    Path directory;

    private LocalRegion region;
    private final DedupeFilter filter = LocalRegion.filter();
    private final RegionMemory memory = new RegionMemory(
            new HeadCache(100), new RecordCache(2), filter, new ChangeRing(64, new AtomicLong(100)::incrementAndGet));

    @BeforeEach
    void open() throws IOException {
        region = new LocalRegion(directory);
        filter.complete();
    }

    @AfterEach
    void close() throws IOException {
        region.close();
    }

    @Test
    void append_someSilent_countsTheOthers() throws Exception {
        List<ItemAnswer> answers = region.send(new BatchBuilder()
                .item(TIMELINE, counting(EntryBytes.SILENT, "a"), counting(EntryBytes.COUNTED, "b"))
                .item(TIMELINE, counting(EntryBytes.SILENT, "c"))
                .item(TIMELINE, counting(EntryBytes.SENT, "d")));

        assertThat(answers)
                .extracting(answer -> ((AllNew) answer).firstCounted())
                .containsExactly(0L, 1L, 2L);
        assertThat(counts()).containsExactly(0L, 1L, 1L, 2L);
        assertThat(region.head(TIMELINE).counted()).isEqualTo(2);
    }

    @Test
    void repeat_bringsTheFirstMessageIdAndCount() throws Exception {
        region.send(new BatchBuilder()
                .item(TIMELINE, BatchBuilder.entry(EntryBytes.SILENT, 5, "s", "a", "a"), counting(1, "b")));

        List<ItemAnswer> again = region.send(new BatchBuilder()
                .item(
                        TIMELINE,
                        BatchBuilder.entry(EntryBytes.COUNTED, 6, "s", "c", "c"),
                        BatchBuilder.entry(EntryBytes.COUNTED, 7, "s", "a", "a")));

        assertThat(((SomeRepeated) again.get(0)).entries())
                .extracting(EntryAnswer::repeated, EntryAnswer::seq, EntryAnswer::messageId, EntryAnswer::counted)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(false, 3L, 6L, 2L),
                        org.assertj.core.groups.Tuple.tuple(true, 1L, 5L, 0L));
        assertThat(region.head(TIMELINE).counted()).isEqualTo(2);
    }

    @Test
    void append_overCellsOfTheFirstRelease_goesOnCounting() throws Exception {
        putByTheFirstRelease();

        byte[] answer =
                region.sendForBytes(BatchBuilder.encodePlain(TIMELINE, BatchBuilder.plainEntry("s", "old-2", "old")));
        assertThat(HexFormat.of().formatHex(answer)).startsWith("010101" + "01" + "01" + "0000000000000002");
        List<ItemAnswer> answers = region.send(new BatchBuilder()
                .item(TIMELINE, BatchBuilder.entry("s", "old-2", "old"))
                .item(TIMELINE, counting(EntryBytes.SILENT, "new")));

        assertThat(answers.get(0)).isEqualTo(new SomeRepeated(List.of(new EntryAnswer(true, 2, 1_000, 0, 2))));
        assertThat(answers.get(1)).isInstanceOfSatisfying(AllNew.class, all -> {
            assertThat(all.firstSeq()).isEqualTo(3);
            assertThat(all.firstCounted()).isEqualTo(2);
        });
        assertThat(counts()).containsExactly(1L, 2L, 2L);
        assertThat(region.head(TIMELINE))
                .extracting(HeadCell::last, HeadCell::counted, HeadCell::lastDiscounted)
                .containsExactly(3L, 2L, 0L);
    }

    @Test
    void append_byTheFirstRelease_isAnsweredInItsVersionAndCounted() throws Exception {
        byte[] answer = region.sendForBytes(BatchBuilder.encodePlain(
                TIMELINE, BatchBuilder.plainEntry("s", "a", "1"), BatchBuilder.plainEntry("s", "b", "2")));

        assertThat(answer).hasSize(2 + 1 + 8 + 8 + 1);
        assertThat(answer[0]).isEqualTo((byte) 1);
        assertThat(counts()).containsExactly(1L, 2L);
        byte[] ping = {1, 0};
        assertThat(region.sendForBytes(ping)).isEqualTo(ping);
    }

    @Test
    void append_attachments_areWrittenWithTheirEntries() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "first"));
        region.send(new BatchBuilder()
                .item(entries("t", "a", "b")
                        .rest(1, 3, 0)
                        .attachment(1, false, 'v', member("bob"), bytes("B"))
                        .attachment(0, false, 's', member("bob"), bytes("A"))
                        .attachment(1, true, 'v', task(), new byte[0])));

        assertRecord(row(member("bob")), "m", "v", 3, "B");
        assertRecord(row(member("bob")), "m", "s", 2, "A");
        assertRecord(row(task()), "t", "v", 3, "");
        assertThat(region.head(TIMELINE).lastDiscounted()).isEqualTo(1);
        assertThat(region.metrics().counter("attachments").getCount()).isEqualTo(3);
    }

    @Test
    void append_oneRecordTwice_keepsThatOfTheLastEntry() throws Exception {
        assertThat(region.send(new BatchBuilder().item(guarded("ask", "bob", -1, 1))))
                .as("known, so that it is not read again")
                .containsExactly(new Refused(0, 0, (byte) 0));
        List<ItemAnswer> answers = region.send(new BatchBuilder()
                .item(entries("t", "a", "b")
                        .rest(0, 4, 0)
                        .attachment(1, false, 'v', member("bob"), bytes("later"))
                        .attachment(0, false, 'v', member("bob"), bytes("earlier"))
                        .attachment(0, false, 'v', member("eve"), bytes("first"))
                        .attachment(0, false, 'v', member("eve"), bytes("second")))
                .item(guarded("same drain", "bob", 1, 0)));
        assertThat(answers.get(1)).isEqualTo(new Refused(0, 2, (byte) 'l'));
        assertThat(region.send(new BatchBuilder().item(guarded("next drain", "bob", 1, 0))))
                .containsExactly(new Refused(0, 2, (byte) 'l'));
        region.flush();

        assertRecord(row(member("bob")), "m", "v", 2, "later");
        assertRecord(row(member("eve")), "m", "v", 1, "second");
    }

    @Test
    void repeat_withOtherAttachments_writesThemForNewEntriesAlone() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "a"));

        region.send(new BatchBuilder()
                .item(entries("t", "a", "b")
                        .rest(0, 2, 0)
                        .attachment(0, false, 'v', member("bob"), bytes("of the repeat"))
                        .attachment(1, false, 'v', member("eve"), bytes("of the new one"))));

        assertThat(region.row(row(member("bob")))).isNull();
        assertRecord(row(member("eve")), "m", "v", 2, "of the new one");
    }

    @Test
    void guards_ofMissingAndStoredRecords_areAskedInOrder() throws Exception {
        List<ItemAnswer> answers = region.send(new BatchBuilder()
                .item(guarded("a", "bob", 0, 1))
                .item(joining("b", "bob", 2))
                .item(guarded("c", "bob", -1, 2))
                .item(guarded("d", "bob", -1, 3))
                .item(guarded("e", "bob", 1, 0))
                .item(guarded("f", "bob", 0, 0)));

        assertThat(answers.get(0)).isEqualTo(new Refused(0, 0, (byte) 0));
        assertThat(answers.get(1)).isInstanceOf(AllNew.class);
        assertThat(answers.get(2)).as("sees what the same batch has prepared").isInstanceOf(AllNew.class);
        assertThat(answers.get(3)).isEqualTo(new Refused(0, 1, (byte) 2));
        assertThat(answers.get(4)).isInstanceOf(AllNew.class);
        assertThat(answers.get(5)).isEqualTo(new Refused(0, 1, (byte) 2));
        assertThat(region.head(TIMELINE).last()).isEqualTo(3);
        assertThat(region.metrics().counter("refusals").getCount()).isEqualTo(3);
    }

    @Test
    void refusal_namesTheFirstGuardThatFailsAndWritesNothing() throws Exception {
        region.send(new BatchBuilder().item(joining("a", "bob", 1)));
        List<Cell> before = region.everything();

        List<ItemAnswer> answers = region.send(new BatchBuilder()
                .item(entries("t", "b")
                        .rest(1, 1, 2)
                        .attachment(0, false, 'v', member("eve"), bytes("x"))
                        .guard('v', member("bob"), 1, 1)
                        .guard('v', member("eve"), -1, 1)));

        assertThat(answers).containsExactly(new Refused(1, 0, (byte) 0));
        assertThat(region.everything()).isEqualTo(before);
    }

    @Test
    void repeat_whoseGuardsHoldNoMore_isAnsweredAsTheFirstTime() throws Exception {
        region.send(new BatchBuilder().item(joining("a", "bob", 1)));
        region.send(new BatchBuilder().item(guarded("b", "bob", 1, 1)));
        region.send(new BatchBuilder().item(joining("c", "bob", 0)));

        assertThat(region.send(new BatchBuilder().item(guarded("b", "bob", 1, 1)))
                        .get(0))
                .isInstanceOf(SomeRepeated.class);
        assertThat(region.send(new BatchBuilder().item(guarded("d", "bob", -1, 1))))
                .containsExactly(new Refused(0, 3, (byte) 0));
        region.reopen();
        assertThat(region.send(new BatchBuilder().item(guarded("b", "bob", 1, 1)))
                        .get(0))
                .isInstanceOf(SomeRepeated.class);
        assertThat(region.send(new BatchBuilder().item(guarded("d", "bob", -1, 1))))
                .containsExactly(new Refused(0, 3, (byte) 0));
    }

    @Test
    void guards_askedAgain_costNoReadAndStayTrueBeyondTheCache() throws Exception {
        for (String member : List.of("a", "b", "c", "d")) {
            region.send(new BatchBuilder().item(joining("join-" + member, member, 2)));
        }
        RegionSequencer sequencer = sequencer();
        for (int i = 0; i < 10; i++) {
            sequencer.append(
                    new BatchBuilder().item(guarded("m-" + i, "a", 1, 2)).build());
        }
        assertThat(region.metrics().counter("guardReads").getCount()).isEqualTo(1);

        for (int i = 0; i < 3; i++) {
            for (String member : List.of("a", "b", "c", "d")) {
                assertThat(sequencer
                                .append(new BatchBuilder()
                                        .item(guarded(i + member, member, -1, 2))
                                        .build())
                                .get(0))
                        .isInstanceOf(AllNew.class);
            }
        }
        sequencer.append(new BatchBuilder().item(joining("leave", "d", 0)).build());
        assertThat(sequencer
                        .append(new BatchBuilder()
                                .item(guarded("x", "d", -1, 2))
                                .build())
                        .get(0))
                .isInstanceOf(Refused.class);
    }

    /** Nobody knows what such a write has left behind; what was prepared must not be believed. */
    @Test
    void guards_afterAFailedWrite_seeWhatIsStored() throws Exception {
        RegionSequencer sequencer = sequencer();
        AppendBatch asking =
                new BatchBuilder().item(guarded("ask", "bob", -1, 1)).build();
        assertThat(sequencer.append(asking).get(0)).isEqualTo(new Refused(0, 0, (byte) 0));
        region.failWritesBy(write -> {
            throw new IOException("the log is gone");
        });
        AppendBatch join = new BatchBuilder().item(joining("join", "bob", 1)).build();
        assertThatThrownBy(() -> sequencer.append(join)).hasMessage("the log is gone");
        region.healWrites();
        assertThat(sequencer.append(asking).get(0)).isEqualTo(new Refused(0, 0, (byte) 0));

        region.failWritesBy(write -> {
            write.run();
            throw new IOException("answer lost");
        });
        assertThatThrownBy(() -> sequencer.append(join)).hasMessage("answer lost");
        region.healWrites();
        assertThat(sequencer.append(asking).get(0)).isInstanceOf(AllNew.class);
    }

    @Test
    void guard_onARecordThatCannotBeDecoded_isUnreadableForItsItemAlone() throws Exception {
        region.put(row(member("bob")), SchemaNames.RECORD_FAMILY, bytes("v"), new byte[] {9});

        List<ItemAnswer> answers =
                region.send(new BatchBuilder().item(guarded("a", "bob", -1, 0)).item(TIMELINE, "b"));

        assertThat(answers.get(0)).isEqualTo(new BatchAnswer.Unreadable());
        assertThat(answers.get(1)).isInstanceOfSatisfying(AllNew.class, all -> assertThat(all.firstSeq())
                .isEqualTo(1));
    }

    @Test
    void append_sent_raisesItsSendersMarks() throws Exception {
        region.send(new BatchBuilder()
                .item(
                        TIMELINE,
                        BatchBuilder.entry(EntryBytes.SENT, 0, "alice", "a", "1"),
                        BatchBuilder.entry(EntryBytes.SILENT, 0, "alice", "b", "2"),
                        BatchBuilder.entry(EntryBytes.SENT, 0, "bob", "a", "3"),
                        BatchBuilder.entry(EntryBytes.SENT, 0, "alice", "c", "4"))
                .item(TIMELINE, BatchBuilder.entry(EntryBytes.COUNTED, 0, "bob", "b", "5")));
        region.send(new BatchBuilder().item(TIMELINE, BatchBuilder.entry(EntryBytes.SENT, 0, "bob", "a", "3")));

        List<String> marks = new ArrayList<>();
        for (Cell cell : region.row(RowKeys.headRow(TIMELINE))) {
            if (CellUtil.matchingFamily(cell, SchemaNames.RECORD_FAMILY)) {
                byte[] value = CellUtil.cloneValue(cell);
                marks.add(new String(CellUtil.cloneQualifier(cell), UTF_8) + " " + cell.getTimestamp() + " "
                        + MarkCell.decode(value, 0, value.length).counted());
            }
        }
        assertThat(marks).containsExactly("ralice 4 3", "rbob 3 2");
    }

    @Test
    void append_plainEntries_writeNoMoreCellsThanBefore() throws Exception {
        region.send(new BatchBuilder().item(TIMELINE, "a", "b"));

        assertThat(region.everything()).as("2 entries, 2 ids, 1 head").hasSize(5);
    }

    @Test
    void append_attachmentsBeyondTheBound_areRefusedWhole() {
        ItemWriter item = entries("t", "a").rest(0, AppendBatch.MAX_ATTACHMENTS_PER_ITEM + 1, 0);
        for (int i = 0; i <= AppendBatch.MAX_ATTACHMENTS_PER_ITEM; i++) {
            item.attachment(0, false, 'v', member("u" + i), new byte[0]);
        }

        assertThatThrownBy(() -> region.send(new BatchBuilder().item(item)))
                .isInstanceOf(DoNotRetryIOException.class)
                .hasMessageContaining("attachments");
    }

    private void putByTheFirstRelease() throws IOException {
        byte[] entry = BatchBuilder.plainEntry("s", "old-2", "old");
        long digest = EntryBytes.read(entry, new ByteReader(entry), SchemaNames.PROTOCOL_VERSION_PLAIN)
                .digest();
        for (int seq = 1; seq <= 2; seq++) {
            byte[] cell = new ByteWriter(64)
                    .put((byte) 1)
                    .putLong(1_000)
                    .put(BatchBuilder.plainEntry("s", "old-" + seq, "old"))
                    .toByteArray();
            region.put(RowKeys.entryRow(TIMELINE, seq), SchemaNames.ENTRY_FAMILY, SchemaNames.ENTRY, cell);
        }
        byte[] dedupe = new ByteWriter(25)
                .put((byte) 1)
                .putLong(2)
                .putLong(1_000)
                .putLong(digest)
                .toByteArray();
        region.put(
                RowKeys.dedupeRow(TIMELINE, bytes("s"), bytes("old-2")),
                SchemaNames.DEDUPE_FAMILY,
                SchemaNames.DEDUPE,
                dedupe);
        long now = System.currentTimeMillis();
        byte[] head = new ByteWriter(25)
                .put((byte) 1)
                .putLong(2)
                .putLong(now)
                .putLong(1_000)
                .toByteArray();
        region.put(RowKeys.headRow(TIMELINE), SchemaNames.HEAD_FAMILY, SchemaNames.HEAD, head);
        // As on a server that has just opened the region: its filter reads what is there.
        region.reopen();
    }

    private RegionSequencer sequencer() {
        DedupeFilter silent = LocalRegion.filter();
        return new RegionSequencer(
                region.region(),
                new RegionMemory(memory.heads(), memory.records(), silent, memory.changes()),
                new SequencerMetrics(region.metrics()));
    }

    private List<Long> counts() throws IOException {
        List<Long> counts = new ArrayList<>();
        for (Cell cell : region.entries(TIMELINE)) {
            byte[] value = CellUtil.cloneValue(cell);
            counts.add(EntryBytes.decodeCell(value, 0, value.length, counts.size() + 1L)
                    .counted());
        }
        return counts;
    }

    private void assertRecord(byte[] row, String family, String facet, long version, String value) throws Exception {
        List<Cell> cells = region.row(row).stream()
                .filter(cell -> CellUtil.matchingColumn(cell, bytes(family), bytes(facet)))
                .toList();
        assertThat(cells).hasSize(1);
        assertThat(cells.get(0).getTimestamp()).isEqualTo(version);
        byte[] stored = CellUtil.cloneValue(cells.get(0));
        RecordCell record = RecordCell.decode(stored, 0, stored.length);
        assertThat(record.version()).isEqualTo(version);
        assertThat(record.counted()).isEqualTo(version);
        assertThat(record.value()).asString(UTF_8).isEqualTo(value);
    }

    private static byte[] counting(int counting, String id) {
        return BatchBuilder.entry(counting, 0, "s", id, id);
    }

    private static ItemWriter entries(String timeline, String... ids) {
        ItemWriter item = item(timeline, ids.length);
        for (String id : ids) {
            item.entry(EntryBytes.COUNTED, 0, bytes("s"), bytes(id), bytes("text"), bytes("payload of " + id));
        }
        return item;
    }

    /** One entry if the member's record has this version, or any (-1), and at least this level. */
    private static ItemWriter guarded(String id, String member, long version, int leastLevel) {
        return entries("t", id).rest(0, 0, 1).guard('v', member(member), version, leastLevel);
    }

    /** One entry that gives the member a level. */
    private static ItemWriter joining(String id, String member, int level) {
        return entries("t", id).rest(0, 1, 0).attachment(0, false, 'v', member(member), new byte[] {(byte) level});
    }

    private static byte[] member(String name) {
        return new RecordKeyWriter(MEMBER).text(bytes(name)).toByteArray();
    }

    private static byte[] task() {
        return new RecordKeyWriter(TASK).toByteArray();
    }

    private static byte[] row(byte[] suffix) {
        return RowKeys.recordRow(TIMELINE, suffix);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
