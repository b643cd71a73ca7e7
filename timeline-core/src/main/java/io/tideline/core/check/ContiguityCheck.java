package io.tideline.core.check;

import io.tideline.core.store.TimelinePage;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through a timeline, forward from seq 1, and notes everything that breaks its promise: a hole, a step back,
 * a time that runs backwards, a message that stands there twice, a head or a page that knows of other rows than came.
 *
 * <p>Not thread safe. Memory is bounded: ids of the {@code rememberedIds} latest entries are kept, so a repeat further
 * apart than that goes unseen.
 */
public final class ContiguityCheck {
    /** Findings kept; the rest is only counted, so that a ruined timeline does not fill the memory. */
    private static final int MAX_FINDINGS = 20;

    private record Identity(SenderId sender, ClientMessageId clientMessageId) {}

    private record Place(SequenceId seq, Instant serverTime) {}

    private final Duration dedupeWindow;
    private final Map<Identity, Place> recent;
    private final List<String> findings = new ArrayList<>();
    private long findingCount;
    private long entries;
    private long expired;
    private SequenceId last = SequenceId.NONE;
    private Instant lastTime = Instant.EPOCH;

    /**
     * A check for which no id may ever come again: right for timelines younger than the deduplication window.
     *
     * @param rememberedIds 0 or more; about 200 bytes each
     */
    public ContiguityCheck(int rememberedIds) {
        this(rememberedIds, ChronoUnit.FOREVER.getDuration());
    }

    /** @param dedupeWindow ids of entries that are at least so far apart in server time may be the same */
    public ContiguityCheck(int rememberedIds, Duration dedupeWindow) {
        this.dedupeWindow = dedupeWindow;
        this.recent = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Identity, Place> eldest) {
                return size() > rememberedIds;
            }
        };
    }

    /** Takes the next page of a forward read. */
    public void add(TimelinePage page) {
        List<Gap> gaps = new ArrayList<>(page.gaps());
        for (Entry entry : page.entries()) {
            while (!gaps.isEmpty() && gaps.get(0).from().compareTo(entry.seq()) < 0) {
                addGap(gaps.remove(0));
            }
            addEntry(entry);
        }
        gaps.forEach(this::addGap);
        expectKnown(page);
    }

    private void expectKnown(TimelinePage page) {
        if (last.isAfter(page.last())) {
            find("page knows of " + page.last() + " as the last seq, rows go to " + last);
        } else if (page.stop() == TimelinePage.StopReason.HEAD && page.last().isAfter(last)) {
            find("page ends at the head after seq " + last + ", though it knows of " + page.last());
        }
    }

    private void addGap(Gap gap) {
        expectNext(gap.from());
        expired += gap.to().value() - gap.from().value() + 1;
        last = last.max(gap.to());
    }

    private void addEntry(Entry entry) {
        entries++;
        expectNext(entry.seq());
        if (entry.serverTime().isBefore(lastTime)) {
            find("seq " + entry.seq() + ": server time before that of the seq before");
        }
        expectFirstOfItsId(entry);
        last = last.max(entry.seq());
        lastTime = entry.serverTime();
    }

    private void expectFirstOfItsId(Entry entry) {
        Identity identity = new Identity(entry.sender(), entry.clientMessageId());
        // Removed first, so that it becomes the youngest again.
        @Nullable Place earlier = recent.remove(identity);
        recent.put(identity, new Place(entry.seq(), entry.serverTime()));
        if (earlier != null
                && Duration.between(earlier.serverTime(), entry.serverTime()).compareTo(dedupeWindow) < 0) {
            find("seq " + entry.seq() + ": same sender and client message id as seq " + earlier.seq());
        }
    }

    private void expectNext(SequenceId seq) {
        if (seq.value() != last.value() + 1) {
            find("seq " + seq + " follows seq " + last + " (expected: " + last.next() + ")");
        }
    }

    private void find(String finding) {
        findingCount++;
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding);
        }
    }

    /**
     * Ends the check.
     *
     * @param head what the head says; appends that came after the last page are no finding
     */
    public Report finish(SequenceId head) {
        if (head.compareTo(last) < 0) {
            find("head says " + head + ", rows go to " + last);
        }
        return new Report(entries, expired, last, findingCount, List.copyOf(findings));
    }

    /**
     * What a check found.
     *
     * @param expired seqs that retention has dropped
     * @param findings the first of {@code findingCount}
     */
    public record Report(long entries, long expired, SequenceId last, long findingCount, List<String> findings) {
        public boolean isClean() {
            return findingCount == 0;
        }
    }
}
