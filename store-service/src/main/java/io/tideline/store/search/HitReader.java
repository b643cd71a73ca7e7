package io.tideline.store.search;

import io.tideline.core.conversation.Membership;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.message.MessageChange;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.Repetition;
import io.tideline.store.search.IndexBatch.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads hits from their timelines, so that what was recalled, erased or hidden is not shown whatever the index has. Hits
 * that stand near each other are one read; conversations are read at the same time.
 */
final class HitReader {
    /** Reading so many entries too many costs less than another read. */
    private static final int NEAR = 20;

    private final ConversationReader reader;

    HitReader(ConversationReader reader) {
        this.reader = reader;
    }

    /**
     * What was read.
     *
     * @param views of the hits that the viewer may see
     * @param stale hits that are no messages any more, for nobody
     */
    record Read(Map<Place, MessageView> views, List<Place> stale) {}

    /** @param memberships of the viewer; empty for somebody who sees all */
    CompletableFuture<Read> read(
            AppId app, List<SortKey> hits, Optional<Map<String, Membership>> memberships, Deadline deadline) {
        Map<String, NavigableSet<SequenceId>> wanted = new HashMap<>();
        for (SortKey hit : hits) {
            wanted.computeIfAbsent(hit.conversation(), name -> new TreeSet<>()).add(SequenceId.of(hit.seq()));
        }
        Map<Place, MessageView> views = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<Place> stale = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<?>> reads = new ArrayList<>();
        wanted.forEach((name, seqs) -> {
            TimelineId timeline = new TimelineId(app, TimelineFamily.CONVERSATION, name);
            @Nullable Membership membership = memberships.map(all -> all.get(name)).orElse(null);
            if (memberships.isPresent() && membership == null) {
                return;
            }
            reads.add(Repetition.whileMore(() -> seqs.isEmpty()
                    ? CompletableFuture.completedFuture(false)
                    : page(next(timeline, seqs), membership, deadline).thenApply(page -> {
                        take(name, page, seqs, views, stale);
                        return !seqs.isEmpty();
                    })));
        });
        return Calls.all(reads).thenApply(done -> new Read(Map.copyOf(views), List.copyOf(stale)));
    }

    private static ReadQuery next(TimelineId timeline, NavigableSet<SequenceId> seqs) {
        SequenceId from = seqs.first();
        SequenceId to = from;
        for (SequenceId seq : seqs) {
            if (seq.value() - to.value() > NEAR || seq.value() - from.value() >= ReadQuery.MAX_ENTRIES) {
                break;
            }
            to = seq;
        }
        return new ReadQuery(
                timeline, from, to, Direction.FORWARD, ReadQuery.MAX_ENTRIES, ReadQuery.DEFAULT_MAX_BYTES, to);
    }

    private CompletableFuture<ConversationPage> page(
            ReadQuery query, @Nullable Membership membership, Deadline deadline) {
        return membership == null ? reader.readAll(query, deadline) : reader.read(query, membership, deadline);
    }

    private static void take(
            String conversation,
            ConversationPage page,
            NavigableSet<SequenceId> wanted,
            Map<Place, MessageView> views,
            ConcurrentLinkedQueue<Place> stale) {
        for (MessageView view : page.messages()) {
            if (!wanted.contains(view.entry().seq())) {
                continue;
            }
            Place place = new Place(conversation, view.entry().seq().value());
            if (view.change().filter(MessageChange::takesBack).isPresent()) {
                stale.add(place);
            } else if (!view.hidden() && view.event().isEmpty()) {
                views.put(place, view);
            }
        }
        for (Gap gap : page.gaps()) {
            if (gap.type() != Gap.Type.NOT_VISIBLE) {
                wanted.subSet(gap.from(), true, gap.to(), true)
                        .forEach(seq -> stale.add(new Place(conversation, seq.value())));
            }
        }
        // At least the first is done with, whatever the page says.
        SequenceId done = page.next().plus(-1).max(wanted.first());
        wanted.headSet(done, true).clear();
    }
}
