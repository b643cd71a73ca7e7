package io.tideline.store.message;

import io.tideline.core.conversation.Membership;
import io.tideline.core.message.ConversationPage;
import io.tideline.core.message.ConversationReader;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.Direction;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.MessageCodec;
import io.tideline.store.Outcome;
import io.tideline.store.Refusal;
import io.tideline.store.StorePorts;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.ConversationRecords;
import java.util.concurrent.CompletableFuture;

/** Reads conversations as their members, present and former, see them. */
public final class HistoryReader {
    private final ConversationRecords conversations;
    private final ConversationReader reader;
    private final PersonalPlaces places;

    public HistoryReader(StorePorts ports) {
        this.conversations = new ConversationRecords(ports.records());
        this.reader = new ConversationReader(ports.timelines(), ports.records(), new MessageCodec());
        this.places = new PersonalPlaces(ports.records(), reader);
    }

    /**
     * Reads one page, with changes applied and with what is for the user alone placed at the entries it follows. A page that
     * begins beyond the last seq that the user may see stops with BEYOND_HEAD. Where more follows an entry than a page
     * holds, the page ends among it.
     *
     * <p>Refusals: CONVERSATION_NOT_FOUND, NOT_MEMBER.
     */
    public CompletableFuture<Outcome<ConversationPage>> read(HistoryQuery query, Deadline deadline) {
        TimelineId timeline = query.conversation().timeline(query.app());
        return Calls.guarded(
                () -> conversations.standing(timeline, query.user(), deadline).thenCompose(standing -> {
                    if (standing.conversation().isEmpty()
                            || standing.membership().isEmpty()) {
                        return CompletableFuture.completedFuture(Outcome.refused(
                                standing.conversation().isEmpty()
                                        ? Refusal.CONVERSATION_NOT_FOUND
                                        : Refusal.NOT_MEMBER));
                    }
                    return page(query, standing.membership().get(), deadline).thenApply(Outcome::done);
                }));
    }

    private CompletableFuture<ConversationPage> page(HistoryQuery query, Membership membership, Deadline deadline) {
        boolean fromFirst =
                query.direction() == Direction.FORWARD && query.from().isNone();
        SequenceId from = fromFirst ? membership.visibleFrom() : query.from();
        ReadQuery read = new ReadQuery(
                query.conversation().timeline(query.app()),
                from,
                query.to(),
                query.direction(),
                query.maxEntries(),
                query.maxBytes(),
                query.floor());
        return reader.read(read, membership, deadline).thenCompose(page -> places.addTo(query, page, deadline));
    }
}
