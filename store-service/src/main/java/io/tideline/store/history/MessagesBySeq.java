package io.tideline.store.history;

import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.MessageView;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.MessageId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.store.Outcome;
import io.tideline.store.internal.Repetition;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads single messages; those that stand near each other by one read. */
final class MessagesBySeq {
    /** Reading so many entries too many costs less than another round of reads. */
    private static final int NEAR = 50;

    /** Reads a page as the viewer sees it. */
    interface Pages {
        CompletableFuture<Outcome<ConversationPage>> page(HistoryScope scope, ReadQuery query, Deadline deadline);
    }

    private final Pages pages;

    MessagesBySeq(Pages pages) {
        this.pages = pages;
    }

    CompletableFuture<Outcome<FoundMessages>> read(
            HistoryScope scope, VisibleSpan span, List<SequenceId> seqs, List<MessageId> unknown, Deadline deadline) {
        List<SequenceId> beyond = seqs.stream()
                .filter(seq -> seq.isAfter(span.last()))
                .sorted()
                .distinct()
                .toList();
        Reading reading = new Reading(scope, seqs, deadline);
        reading.wanted.removeAll(beyond);
        return Repetition.whileMore(reading::step).thenApply(done -> {
            @Nullable Outcome<FoundMessages> refusal = reading.refusal;
            return refusal != null
                    ? refusal
                    : Outcome.done(new FoundMessages(reading.messages, reading.gaps, beyond, unknown));
        });
    }

    /** Steps follow each other, so the fields need no lock. */
    private final class Reading {
        private final HistoryScope scope;
        private final NavigableSet<SequenceId> wanted;
        private final Deadline deadline;
        private final List<MessageView> messages = new ArrayList<>();
        private final List<Gap> gaps = new ArrayList<>();
        private @Nullable Outcome<FoundMessages> refusal;

        Reading(HistoryScope scope, List<SequenceId> seqs, Deadline deadline) {
            this.scope = scope;
            this.wanted = new TreeSet<>(seqs);
            this.deadline = deadline;
        }

        CompletableFuture<Boolean> step() {
            if (wanted.isEmpty()) {
                return CompletableFuture.completedFuture(false);
            }
            SequenceId from = wanted.first();
            SequenceId to = from;
            for (SequenceId seq : wanted) {
                if (seq.value() - to.value() > NEAR || seq.value() - from.value() >= ReadQuery.MAX_ENTRIES) {
                    break;
                }
                to = seq;
            }
            ReadQuery query = new ReadQuery(
                    scope.timeline(),
                    from,
                    to,
                    Direction.FORWARD,
                    ReadQuery.MAX_ENTRIES,
                    ReadQuery.DEFAULT_MAX_BYTES,
                    to);
            return pages.page(scope, query, deadline).thenApply(this::take);
        }

        private boolean take(Outcome<ConversationPage> outcome) {
            if (!(outcome instanceof Outcome.Done<ConversationPage> done)) {
                refusal = outcome.map(page -> new FoundMessages(List.of(), List.of(), List.of(), List.of()));
                return false;
            }
            ConversationPage page = done.value();
            page.messages().stream().filter(this::isWanted).forEach(messages::add);
            for (Gap gap : page.gaps()) {
                wanted.subSet(gap.from(), true, gap.to(), true).forEach(seq -> gaps.add(new Gap(seq, seq, gap.type())));
            }
            wanted.headSet(page.next()).clear();
            return page.stop() != StopReason.BEYOND_HEAD && !wanted.isEmpty();
        }

        private boolean isWanted(MessageView view) {
            return view.follows().isEmpty() && wanted.contains(view.entry().seq());
        }
    }
}
