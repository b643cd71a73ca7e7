package io.tideline.api.server.search;

import com.google.protobuf.Timestamp;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.PageTokens.Listing;
import io.tideline.api.server.translate.RequestFields;
import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchOrder;
import io.tideline.core.conversation.UserId;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.search.Clause;
import io.tideline.store.search.QueryText;
import io.tideline.store.search.SearchQuery;
import io.tideline.store.search.SearchRequest;
import io.tideline.store.search.SearchSort;
import io.tideline.store.search.SearchSubject;
import io.tideline.store.search.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one request asks, and what of it its page tokens are bound to. */
final class SearchFields {
    private static final int DEFAULT_PAGE_SIZE = 20;
    private static final int MAX_NAMES = 100;

    private final SearchRequest request;
    private final String[] tokenFields;

    private SearchFields(SearchRequest request, String[] tokenFields) {
        this.request = request;
        this.tokenFields = tokenFields;
    }

    SearchRequest request() {
        return request;
    }

    /** All that must be the same for the next page, the app first. */
    String[] tokenFields() {
        return tokenFields.clone();
    }

    static SearchFields of(SearchMessagesRequest request) {
        Reading reading = new Reading(SearchSubject.MESSAGES, request.getApp(), request.getUser());
        reading.conversations(request.getConversationIdsList());
        reading.query(request.getQuery());
        reading.oneOf("senders", "from", request.getSendersList());
        reading.oneOf("kinds", "kind", request.getKindsList());
        reading.times(
                request.hasSince() ? Optional.of(request.getSince()) : Optional.empty(),
                request.hasUntil() ? Optional.of(request.getUntil()) : Optional.empty());
        return reading.end(request.getOrder(), request.getPageSize(), request.getPageToken(), request.getUpToDate());
    }

    static SearchFields of(SearchConversationsRequest request) {
        Reading reading = new Reading(SearchSubject.CONVERSATIONS, request.getApp(), request.getUser());
        reading.query(request.getQuery());
        return reading.end(request.getOrder(), request.getPageSize(), request.getPageToken(), request.getUpToDate());
    }

    static SearchFields of(SearchMembersRequest request) {
        Reading reading = new Reading(SearchSubject.MEMBERS, request.getApp(), request.getUser());
        reading.conversations(request.getConversationIdsList());
        reading.query(request.getQuery());
        return reading.end(
                SearchOrder.SEARCH_ORDER_UNSPECIFIED,
                request.getPageSize(),
                request.getPageToken(),
                request.getUpToDate());
    }

    /** Reads one request, field by field. */
    private static final class Reading {
        private final RequestFields fields = new RequestFields();
        private final SearchSubject subject;
        private final AppId app;
        private final Optional<UserId> viewer;
        private final List<String> conversations = new ArrayList<>();
        private final List<Clause> clauses = new ArrayList<>();
        private final List<String> bound = new ArrayList<>();

        Reading(SearchSubject subject, String app, String user) {
            this.subject = subject;
            this.app = fields.app(app);
            this.viewer = fields.userIfAny("user", user);
            bind(app);
            bind(subject.name());
            bind(user);
        }

        /** What is longer than anything acceptable is refused, and needs no token. */
        private void bind(String value) {
            bound.add(value.length() > QueryText.MAX_CHARS ? "" : value);
        }

        void conversations(List<String> names) {
            for (int i = 0; i < Math.min(names.size(), SearchRequest.MAX_CONVERSATIONS); i++) {
                String path = "conversation_ids[" + i + "]";
                if (viewer.isPresent()) {
                    conversations.add(fields.conversation(path, names.get(i)).value());
                } else {
                    timeline(path, names.get(i));
                }
            }
            most("conversation_ids", names.size());
            names.stream().limit(MAX_NAMES).forEach(this::bind);
            bind("");
        }

        /** Back ends may look in plain timelines, which have any name. */
        private void timeline(String path, String name) {
            try {
                conversations.add(TimelineId.conversation(app.value(), name).name());
            } catch (IllegalArgumentException e) {
                fields.add(path, String.valueOf(e.getMessage()));
            }
        }

        private void most(String path, int count) {
            if (count > MAX_NAMES) {
                fields.add(path, path + ": " + count + " (expected: 0.." + MAX_NAMES + ")");
            }
        }

        void query(String text) {
            try {
                QueryText.parse(text, subject).ifPresent(clauses::add);
            } catch (IllegalArgumentException e) {
                fields.add("query", String.valueOf(e.getMessage()));
            }
            bind(text);
        }

        void oneOf(String path, String field, List<String> values) {
            most(path, values.size());
            if (!values.isEmpty()) {
                clauses.add(new Clause.OneOf(field, values));
            }
            values.stream().limit(MAX_NAMES).forEach(this::bind);
            bind("");
        }

        void times(Optional<Timestamp> since, Optional<Timestamp> until) {
            long from = since.map(time -> millis("since", time)).orElse(Long.MIN_VALUE);
            long before = until.map(time -> millis("until", time)).orElse(Long.MAX_VALUE);
            if (since.isPresent() && until.isPresent() && before < from) {
                fields.add("until", "until: earlier than since (expected: not before since)");
            }
            if (since.isPresent() || until.isPresent()) {
                clauses.add(new Clause.Numbers("time", from, until.isPresent() ? before - 1 : before));
            }
            bind(from + " " + before);
        }

        /** Of the years 1 to 9999, rounded up: what began within a millisecond is looked for from the next one on. */
        private long millis(String path, Timestamp time) {
            boolean valid = time.getSeconds() >= -62_135_596_800L
                    && time.getSeconds() <= 253_402_300_799L
                    && time.getNanos() >= 0
                    && time.getNanos() < 1_000_000_000;
            if (!valid) {
                fields.add(path, path + ": out of range (expected: a time of the years 1..9999)");
                return 0;
            }
            return time.getSeconds() * 1_000 + (time.getNanos() + 999_999) / 1_000_000;
        }

        SearchFields end(SearchOrder order, int pageSize, String token, boolean upToDate) {
            SearchSort sort = sort(order);
            bind(sort.name());
            int limit = fields.number("page_size", pageSize, DEFAULT_PAGE_SIZE, SearchQuery.MAX_LIMIT);
            String[] tokenFields = bound.toArray(String[]::new);
            Optional<SortKey> after =
                    fields.position(token, text -> PageTokens.position(Listing.SEARCH, text, tokenFields)
                            .flatMap(SortKey::parse));
            Optional<Clause> clause = clauses.size() > 1
                    ? Optional.of(new Clause.All(clauses))
                    : clauses.stream().findFirst();
            SearchRequest made = fields.whole(
                    () -> new SearchRequest(app, viewer, conversations, subject, clause, sort, limit, after, upToDate));
            return new SearchFields(made, tokenFields);
        }

        private SearchSort sort(SearchOrder order) {
            SearchSort sort =
                    switch (order) {
                        case SEARCH_ORDER_UNSPECIFIED ->
                            subject == SearchSubject.MEMBERS ? SearchSort.NAME : SearchSort.NEWEST;
                        case SEARCH_ORDER_NEWEST -> SearchSort.NEWEST;
                        case SEARCH_ORDER_OLDEST -> SearchSort.OLDEST;
                        case SEARCH_ORDER_RELEVANCE -> SearchSort.RELEVANCE;
                        case SEARCH_ORDER_LARGEST -> SearchSort.LARGEST;
                        case UNRECOGNIZED -> {
                            fields.add("order", "order: unknown (expected: a SearchOrder)");
                            yield SearchSort.NEWEST;
                        }
                    };
            if (sort == SearchSort.LARGEST && subject != SearchSubject.CONVERSATIONS) {
                fields.add("order", "order: LARGEST (expected: NEWEST, OLDEST or RELEVANCE)");
                return SearchSort.NEWEST;
            }
            return sort;
        }
    }
}
