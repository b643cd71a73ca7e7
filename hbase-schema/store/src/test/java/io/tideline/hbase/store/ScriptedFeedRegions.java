package io.tideline.hbase.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.schema.TimelineTable;
import io.tideline.hbase.sequencer.ByteWriter;
import io.tideline.hbase.sequencer.FeedAnswer;
import io.tideline.hbase.sequencer.FeedQuestion;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Regions of the hot table that a test opens, fills, breaks and holds back. An answer is made when the question arrives,
 * as by a server, and may be held back on its way. Thread safe.
 */
final class ScriptedFeedRegions implements FeedRegions {
    /** So many changes one answer has; few, so that regions have more to tell. */
    static final int ANSWER_CHANGES = 3;

    private static final int REMEMBERED = 20;

    private record Move(TimelineId timeline, long last) {}

    private static final class Region {
        private long epoch;
        private final List<Move> moves = new ArrayList<>();
        private boolean broken;
        private boolean asked;

        Region(long epoch) {
            this.epoch = epoch;
        }
    }

    private record Held(CompletableFuture<FeedAnswer> future, FeedAnswer answer, Region region) {}

    private final NavigableMap<String, Region> regions = new TreeMap<>();
    private final List<Held> held = new ArrayList<>();
    private boolean holding;
    private long epochs;
    private int questions;
    private boolean askedTwiceAtOnce;

    /** Opens a region that begins at {@code row}, or opens it anew: it has forgotten everything. */
    synchronized void open(String row) {
        regions.put(row, new Region(++epochs));
    }

    synchronized void move(String row, TimelineId timeline, long last) {
        region(row).moves.add(new Move(timeline, last));
    }

    synchronized void breakDown(String row, boolean broken) {
        region(row).broken = broken;
    }

    synchronized void hold() {
        holding = true;
    }

    void release() {
        List<Held> released;
        synchronized (this) {
            holding = false;
            released = List.copyOf(held);
            held.clear();
            released.forEach(one -> one.region().asked = false);
        }
        released.forEach(one -> one.future().complete(one.answer()));
    }

    synchronized int questions() {
        return questions;
    }

    synchronized boolean askedTwiceAtOnce() {
        return askedTwiceAtOnce;
    }

    private Region region(String row) {
        return regions.floorEntry(row).getValue();
    }

    @Override
    public synchronized CompletableFuture<List<byte[]>> rows(TimelineTable table) {
        return CompletableFuture.completedFuture(
                table == TimelineTable.HOT
                        ? regions.keySet().stream()
                                .map(row -> row.getBytes(UTF_8))
                                .toList()
                        : List.of());
    }

    @Override
    public synchronized List<CompletableFuture<FeedAnswer>> ask(
            TimelineTable table, List<byte[]> rows, List<FeedQuestion> asked) {
        List<CompletableFuture<FeedAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            answers.add(ask(region(new String(rows.get(i), UTF_8)), asked.get(i)));
        }
        return answers;
    }

    private CompletableFuture<FeedAnswer> ask(Region region, FeedQuestion question) {
        questions++;
        askedTwiceAtOnce |= region.asked;
        if (region.broken) {
            return CompletableFuture.failedFuture(new IOException("broken"));
        }
        FeedAnswer answer = answer(region, question);
        if (!holding) {
            return CompletableFuture.completedFuture(answer);
        }
        region.asked = true;
        CompletableFuture<FeedAnswer> later = new CompletableFuture<>();
        held.add(new Held(later, answer, region));
        return later;
    }

    private static FeedAnswer answer(Region region, FeedQuestion question) {
        int next = region.moves.size();
        int from = (int) question.from();
        if (question.epoch() != region.epoch || from < next - REMEMBERED) {
            return new FeedAnswer(region.epoch, next, true, false, List.of());
        }
        int to = Math.min(next, from + ANSWER_CHANGES);
        return encoded(region.epoch, to, to < next, region.moves.subList(from, to));
    }

    /** By way of bytes: only the sequencer makes changes. */
    private static FeedAnswer encoded(long epoch, long next, boolean more, List<Move> moves) {
        ByteWriter writer = new ByteWriter(100)
                .put((byte) 1)
                .putLong(epoch)
                .putLong(next)
                .put((byte) (more ? 2 : 0))
                .putVarint(moves.size());
        moves.forEach(
                move -> writer.putSized(TimelineKeys.prefix(move.timeline())).putLong(move.last()));
        byte[] bytes = writer.toByteArray();
        try {
            return FeedAnswer.decode(bytes, 0, bytes.length);
        } catch (MalformedBatchException e) {
            throw new IllegalStateException(e);
        }
    }
}
