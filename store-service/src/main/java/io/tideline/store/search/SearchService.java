package io.tideline.store.search;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.MessageView;
import io.tideline.core.record.RecordKey;
import io.tideline.core.record.TimelineRecord;
import io.tideline.core.store.Deadline;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.ConversationCodec;
import io.tideline.store.Outcome;
import io.tideline.store.internal.Calls;
import io.tideline.store.internal.ConversationRecords;
import io.tideline.store.internal.Repetition;
import io.tideline.store.search.IndexBatch.Place;
import io.tideline.store.search.SearchScopes.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds messages, conversations and members. The index says where they are; what they are, and whether the viewer may see
 * them, is read from the timelines for each page, so that a page holds nothing that history would not show.
 *
 * <p>Futures fail and complete as those of {@link io.tideline.core.store.TimelineStore}, with {@code
 * StorageUnavailableException} also when the index cannot be used. Refusals of every method, for a viewer:
 * CONVERSATION_NOT_FOUND, NOT_MEMBER.
 */
public final class SearchService {
    /** Hits that the timelines do not confirm are made up for so many times; then a page is shorter. */
    private static final int MAX_ROUNDS = 5;

    private final SearchPorts ports;
    private final IndexFeeder feeder;
    private final SearchScopes scopes;
    private final HitReader hits;

    public SearchService(SearchPorts ports, IndexFeeder feeder) {
        this.ports = ports;
        this.feeder = feeder;
        this.scopes = new SearchScopes(ports.records());
        this.hits = new HitReader(ports.timelines(), ports.records());
    }

    /** Reads what hits are, in any order; those that are not there, or not to be seen, are left out. */
    private interface Resolver<T> {
        CompletableFuture<Map<SortKey, T>> read(AppFeeder feeder, List<SortKey> hits, Scope scope);
    }

    /** One page of messages. @throws IllegalArgumentException when the request is of another subject */
    public CompletableFuture<Outcome<SearchPage<FoundMessage>>> messages(SearchRequest request, Deadline deadline) {
        require(request, SearchSubject.MESSAGES);
        return search(request, deadline, (of, found, scope) -> messages(request.app(), of, found, scope, deadline));
    }

    /** One page of conversations; a viewer finds those he is a member of. */
    public CompletableFuture<Outcome<SearchPage<Conversation>>> conversations(
            SearchRequest request, Deadline deadline) {
        require(request, SearchSubject.CONVERSATIONS);
        return search(request, deadline, (of, found, scope) -> conversations(request.app(), found, deadline));
    }

    /** One page of members; a viewer finds those of his conversations. */
    public CompletableFuture<Outcome<SearchPage<IndexedMember>>> members(SearchRequest request, Deadline deadline) {
        require(request, SearchSubject.MEMBERS);
        return search(request, deadline, (of, found, scope) -> members(request.app(), found, deadline));
    }

    private static void require(SearchRequest request, SearchSubject subject) {
        if (request.subject() != subject) {
            throw new IllegalArgumentException("subject: " + request.subject() + " (expected: " + subject + ")");
        }
    }

    private <T> CompletableFuture<Outcome<SearchPage<T>>> search(
            SearchRequest request, Deadline deadline, Resolver<T> resolver) {
        long begun = System.nanoTime();
        return Calls.guarded(() -> scopes.find(request, deadline)
                        .thenCompose(outcome -> outcome.then(scope -> feeder.of(request.app(), deadline)
                                .thenCompose(of -> of.isEmpty()
                                        ? CompletableFuture.completedFuture(nothing(scope))
                                        : pages(request, of.get(), scope, resolver, deadline))
                                .thenApply(Outcome::done))))
                .whenComplete((page, failure) -> feeder.metrics().query(System.nanoTime() - begun));
    }

    private static <T> SearchPage<T> nothing(Scope scope) {
        return new SearchPage<>(List.of(), 0, true, Optional.empty(), scope.partial(), IndexState.EMPTY);
    }

    private <T> CompletableFuture<SearchPage<T>> pages(
            SearchRequest request, AppFeeder of, Scope scope, Resolver<T> resolver, Deadline deadline) {
        Paging<T> paging = new Paging<>(request, of, scope, resolver, deadline);
        CompletableFuture<?> ready =
                request.upToDate() ? of.upToDate(deadline) : CompletableFuture.completedFuture(null);
        return ready.thenCompose(now -> of.index())
                .thenCompose(index -> Repetition.whileMore(() -> paging.round(index)))
                .thenApply(done -> paging.page());
    }

    /** Rounds follow each other, so the fields need no lock. */
    private static final class Paging<T> {
        private final SearchRequest request;
        private final AppFeeder feeder;
        private final Scope scope;
        private final Resolver<T> resolver;
        private final Deadline deadline;
        private final List<T> items = new ArrayList<>();
        private IndexPage first = IndexPage.EMPTY;
        private Optional<SortKey> last;
        private boolean more;
        private int rounds;

        Paging(SearchRequest request, AppFeeder feeder, Scope scope, Resolver<T> resolver, Deadline deadline) {
            this.request = request;
            this.feeder = feeder;
            this.scope = scope;
            this.resolver = resolver;
            this.deadline = deadline;
            this.last = request.after();
        }

        CompletableFuture<Boolean> round(MessageIndex index) {
            SearchQuery query = request.query(scope.spans());
            SearchQuery next = last.map(query::withAfter).orElse(query);
            return index.search(next, deadline).thenCompose(page -> {
                if (rounds++ == 0) {
                    first = page;
                }
                return resolver.read(feeder, page.hits(), scope).thenApply(read -> take(page, read));
            });
        }

        private boolean take(IndexPage page, Map<SortKey, T> read) {
            more = page.hits().size() == request.limit();
            for (SortKey hit : page.hits()) {
                if (items.size() == request.limit()) {
                    more = true;
                    break;
                }
                last = Optional.of(hit);
                @Nullable T item = read.get(hit);
                if (item != null) {
                    items.add(item);
                }
            }
            return more && items.size() < request.limit() && rounds < MAX_ROUNDS;
        }

        SearchPage<T> page() {
            return new SearchPage<>(
                    items,
                    first.count(),
                    first.countExact(),
                    more ? last : Optional.empty(),
                    scope.partial(),
                    IndexState.of(feeder));
        }
    }

    private CompletableFuture<Map<SortKey, FoundMessage>> messages(
            AppId app, AppFeeder of, List<SortKey> found, Scope scope, Deadline deadline) {
        return hits.read(app, found, scope.memberships(), deadline).thenApply(read -> {
            if (!read.stale().isEmpty()) {
                of.forget(read.stale());
            }
            Map<SortKey, FoundMessage> messages = new HashMap<>();
            for (SortKey hit : found) {
                @Nullable MessageView view = read.views().get(new Place(hit.conversation(), hit.seq()));
                if (view != null) {
                    messages.put(hit, new FoundMessage(hit.conversation(), view, hit.score()));
                }
            }
            return messages;
        });
    }

    private CompletableFuture<Map<SortKey, Conversation>> conversations(
            AppId app, List<SortKey> found, Deadline deadline) {
        Map<RecordKey, SortKey> keys = new HashMap<>();
        for (SortKey hit : found) {
            keys.put(ConversationRecords.conversationKey(new ConversationId(hit.conversation()).timeline(app)), hit);
        }
        return read(keys, deadline, ConversationCodec::decodeConversation);
    }

    private CompletableFuture<Map<SortKey, IndexedMember>> members(AppId app, List<SortKey> found, Deadline deadline) {
        Map<RecordKey, SortKey> keys = new HashMap<>();
        for (SortKey hit : found) {
            TimelineId timeline = new TimelineId(app, TimelineFamily.CONVERSATION, hit.conversation());
            keys.put(ConversationRecords.memberKey(timeline, new UserId(hit.member())), hit);
        }
        return read(
                keys,
                deadline,
                record -> new IndexedMember(record.key().owner().name(), ConversationCodec.decodeMember(record)));
    }

    private <T> CompletableFuture<Map<SortKey, T>> read(
            Map<RecordKey, SortKey> keys, Deadline deadline, java.util.function.Function<TimelineRecord, T> decode) {
        return ports.records().get(List.copyOf(keys.keySet()), deadline).thenApply(found -> {
            Map<SortKey, T> items = new HashMap<>();
            found.forEach((key, record) -> {
                @Nullable SortKey hit = keys.get(key);
                if (hit != null) {
                    items.put(hit, decode.apply(record));
                }
            });
            return items;
        });
    }
}
