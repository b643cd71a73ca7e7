package io.tideline.sync.device;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelineStore;
import io.tideline.core.timeline.Entry;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.InboxCodec;
import io.tideline.sync.device.WarmUsers.Pending;
import io.tideline.sync.internal.Flow;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Reads what an inbox announces. */
final class InboxReader {
    private final TimelineStore store;

    InboxReader(TimelineStore store) {
        this.store = store;
    }

    /** What a range of an inbox announces. Written by one reader after the other, read when it is complete. */
    static final class Announced {
        private final Map<ConversationId, Pending> moved = new HashMap<>();
        private final Set<ConversationId> changed = new HashSet<>();
        private Optional<SequenceId> oldestAvailable = Optional.empty();
        private final Instant notBefore;
        private SequenceId next;
        private int read;
        private boolean complete;

        private Announced(SequenceId from, Instant notBefore) {
            this.next = from;
            this.notBefore = notBefore;
        }

        Map<ConversationId, Pending> moved() {
            return moved;
        }

        /** Conversations of which the user's membership, or the diffusion, has changed. */
        Set<ConversationId> changed() {
            return changed;
        }

        /**
         * Set when part of the range has expired, says nothing that can be read, or lies beyond the head of an inbox that
         * was restored from an older copy: the first seq after that, or after the head.
         */
        Optional<SequenceId> oldestAvailable() {
            return oldestAvailable;
        }

        SequenceId through() {
            return next.plus(-1);
        }

        /** Whether the range was read to the inbox's head; if not, there was too much. */
        boolean isComplete() {
            return complete;
        }

        private void add(TimelinePage page) {
            // What was erased referred to what was erased: it announces nothing any more.
            page.gaps().stream()
                    .filter(gap -> gap.type() == Gap.Type.EXPIRED)
                    .forEach(gap -> oldestAvailable = Optional.of(gap.to().next()));
            if (page.stop() == TimelinePage.StopReason.BEYOND_HEAD) {
                oldestAvailable = Optional.of(page.last().next());
            }
            page.entries().forEach(this::add);
            read += page.entries().size();
            next = page.next();
            complete = page.stop() != TimelinePage.StopReason.PAGE_FULL;
        }

        private void add(Entry entry) {
            if (entry.serverTime().isBefore(notBefore)) {
                oldestAvailable = Optional.of(entry.seq().next());
                return;
            }
            Optional<InboxEvent> known = event(entry);
            if (known.isEmpty()) {
                // What it stands for is not known, so the heads have to be asked, as after what has expired.
                oldestAvailable = Optional.of(entry.seq().next());
                return;
            }
            InboxEvent event = known.get();
            long time = entry.serverTime().toEpochMilli();
            if (event instanceof InboxEvent.Personal personal) {
                merge(personal.conversation(), new Pending(0, personal.seq().value(), time));
                changed.add(personal.conversation());
            } else if (event instanceof InboxEvent.Reference reference) {
                merge(reference.conversation(), new Pending(reference.seq().value(), 0, time));
            } else if (event instanceof InboxEvent.MembershipChanged membership) {
                merge(membership.conversation(), new Pending(membership.seq().value(), 0, time));
                changed.add(membership.conversation());
            }
        }

        /** Empty when the server has not written it, or a later version has: users must not be stuck for that. */
        private static Optional<InboxEvent> event(Entry entry) {
            try {
                return Optional.of(InboxCodec.decode(entry.kind(), entry.payload()));
            } catch (CorruptDataException e) {
                return Optional.empty();
            }
        }

        private void merge(ConversationId id, Pending pending) {
            moved.merge(id, pending, Pending::merge);
        }
    }

    /**
     * Reads from {@code from} to the head, or until more than {@code maxEntries} were read.
     *
     * @param floor a seq that is known to be committed
     * @param notBefore entries that are older count as expired
     */
    CompletableFuture<Announced> read(
            TimelineId inbox, SequenceId from, SequenceId floor, Instant notBefore, int maxEntries, Deadline deadline) {
        Announced announced = new Announced(from, notBefore);
        return Flow.repeat(() -> store.read(
                                ReadQuery.forward(inbox, announced.next.value(), ReadQuery.MAX_ENTRIES)
                                        .withFloor(floor),
                                deadline)
                        .thenApply(page -> {
                            announced.add(page);
                            return !announced.complete && announced.read < maxEntries;
                        }))
                .thenApply(done -> announced);
    }
}
