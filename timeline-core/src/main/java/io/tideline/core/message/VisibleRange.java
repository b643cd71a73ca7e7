package io.tideline.core.message;

import io.tideline.core.conversation.Membership;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.store.TimelinePage;
import io.tideline.core.store.TimelinePage.StopReason;
import io.tideline.core.timeline.Gap;
import io.tideline.core.timeline.SequenceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a query to what a membership may see. What lies before becomes a gap, all of it having been assigned before the user
 * joined; what lies after his leaving is as if it were not there.
 */
final class VisibleRange {
    private final ReadQuery query;
    private final Membership membership;
    private final boolean forward;
    /** The first and last seqs that may be seen; {@link Long#MAX_VALUE} for no end. */
    private final long first;

    private final long end;

    VisibleRange(ReadQuery query, Membership membership) {
        this.query = query;
        this.membership = membership;
        this.forward = query.direction() == Direction.FORWARD;
        this.first = membership.visibleFrom().value();
        this.end = membership.isActive() ? Long.MAX_VALUE : membership.left().value();
    }

    /** The answer when nothing of the range may be seen. */
    Optional<ConversationPage> withoutReading() {
        long from = query.from().value();
        long to = query.to().value();
        SequenceId last =
                SequenceId.of(membership.isActive() ? membership.joined().value() : end);
        if (!query.from().isNone() && from > end) {
            StopReason stop = forward && from == end + 1 ? StopReason.HEAD : StopReason.BEYOND_HEAD;
            return Optional.of(new ConversationPage(List.of(), List.of(), stop, query.from(), last));
        }
        if (forward && to != 0 && to < first) {
            return Optional.of(page(gap(from, to), StopReason.RANGE_END, to + 1, last));
        }
        if (!forward && from != 0 && from < first) {
            return Optional.of(page(gap(Math.max(1, to), from), backwardEnd(), Math.max(1, to) - 1, last));
        }
        return Optional.empty();
    }

    private static ConversationPage page(Gap gap, StopReason stop, long next, SequenceId last) {
        return new ConversationPage(List.of(), List.of(gap), stop, SequenceId.of(next), last);
    }

    private StopReason backwardEnd() {
        return query.to().value() <= 1 ? StopReason.START : StopReason.RANGE_END;
    }

    private static Gap gap(long from, long to) {
        return new Gap(SequenceId.of(from), SequenceId.of(to), Gap.Type.NOT_VISIBLE);
    }

    /** The part that may be seen. */
    ReadQuery visible() {
        long from = query.from().value();
        long to = query.to().value();
        if (forward) {
            from = Math.max(from, first);
            to = Math.min(to == 0 ? Long.MAX_VALUE : to, end);
        } else {
            from = from == 0 && end != Long.MAX_VALUE ? end : from;
            to = Math.max(to, first);
        }
        return new ReadQuery(
                query.timeline(),
                SequenceId.of(from),
                SequenceId.of(to == Long.MAX_VALUE ? 0 : to),
                query.direction(),
                query.maxEntries(),
                query.maxBytes(),
                query.floor());
    }

    /** The page of the whole query, from the page of its visible part. */
    ConversationPage complete(TimelinePage page, List<MessageView> views) {
        List<Gap> gaps = new ArrayList<>(page.gaps());
        StopReason stop = page.stop();
        SequenceId next = page.next();
        SequenceId last = SequenceId.of(Math.min(page.last().value(), end));
        if (forward) {
            if (query.from().value() < first) {
                gaps.add(0, gap(query.from().value(), first - 1));
            }
            boolean endedByLeaving = stop == StopReason.RANGE_END && next.value() > end;
            long to = query.to().value();
            if (endedByLeaving && (to == 0 || to > end)) {
                stop = StopReason.HEAD;
            }
        } else if (stop == StopReason.RANGE_END && query.to().value() < first) {
            gaps.add(gap(Math.max(1, query.to().value()), first - 1));
            stop = backwardEnd();
            next = SequenceId.of(Math.max(1, query.to().value()) - 1);
        }
        return new ConversationPage(views, gaps, stop, next, last);
    }
}
