package io.tideline.store.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.store.Messaging;
import io.tideline.store.search.lucene.LuceneIndexes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** Messaging in memory with its search indexes in a directory. */
final class SearchWorld implements AutoCloseable {
    final Messaging messaging;
    final MetricRegistry metrics = new MetricRegistry();
    /** How much more time has passed than really has. */
    final AtomicLong skippedNanos = new AtomicLong();

    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final SearchPorts ports;
    final IndexFeeder feeder;
    final SearchService service;

    SearchWorld(Path directory) {
        this(new Messaging(), directory);
    }

    /** @param messaging goes on from an earlier world */
    SearchWorld(Messaging messaging, Path directory) {
        this(messaging, new LuceneIndexes(directory));
    }

    SearchWorld(Messaging messaging, MessageIndexes indexes) {
        this.messaging = messaging;
        ports = new SearchPorts(
                messaging.store, messaging.store, messaging.store, messaging.store, indexes, messaging.clock);
        feeder = IndexFeeder.start(
                ports, SearchConfig.DEFAULT, metrics, timer, () -> System.nanoTime() + skippedNanos.get());
        service = new SearchService(ports, feeder);
    }

    static SearchRequest request(String query) {
        return request(query, SearchSort.NEWEST, 100);
    }

    static SearchRequest request(String query, SearchSort sort, int limit) {
        return new SearchRequest(
                Messaging.APP,
                Optional.empty(),
                List.of(),
                SearchSubject.MESSAGES,
                QueryText.parse(query, SearchSubject.MESSAGES),
                sort,
                limit,
                Optional.empty(),
                true);
    }

    static SearchRequest as(SearchRequest request, String viewer, ConversationId... in) {
        return new SearchRequest(
                request.app(),
                Optional.of(new UserId(viewer)),
                List.of(in).stream().map(ConversationId::value).toList(),
                request.subject(),
                request.clause(),
                request.sort(),
                request.limit(),
                request.after(),
                true);
    }

    static SearchRequest after(SearchRequest request, Optional<SortKey> after) {
        return new SearchRequest(
                request.app(),
                request.viewer(),
                request.conversations(),
                request.subject(),
                request.clause(),
                request.sort(),
                request.limit(),
                after,
                true);
    }

    SearchPage<FoundMessage> page(SearchRequest request) {
        return Messaging.done(service.messages(request, Messaging.soon()));
    }

    List<String> texts(SearchRequest request) {
        return page(request).items().stream()
                .map(found -> found.view().entry().payload().toUtf8())
                .toList();
    }

    List<String> texts(String query) {
        return texts(request(query));
    }

    void say(ConversationId id, String from, String text) {
        Messaging.done(messaging.messages.send(
                Messaging.APP, id, new UserId(from), Messaging.text("c" + text.hashCode(), text), Messaging.soon()));
    }

    AppFeeder appFeeder() {
        return Messaging.await(feeder.of(Messaging.APP, Messaging.soon())).orElseThrow();
    }

    MessageIndex index() {
        return Messaging.await(appFeeder().index());
    }

    @Override
    public void close() {
        feeder.close();
        timer.shutdownNow();
        assertThat(metrics.counter("search.feed.failures").getCount()).isZero();
    }
}
