package io.tideline.store.search.lucene;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.error.DeadlinePassedException;
import io.tideline.core.error.OverloadedException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.store.Deadline;
import io.tideline.store.search.IndexBatch;
import io.tideline.store.search.IndexPage;
import io.tideline.store.search.IndexRemoval;
import io.tideline.store.search.IndexedMember;
import io.tideline.store.search.IndexedMessage;
import io.tideline.store.search.MessageIndex;
import io.tideline.store.search.SearchQuery;
import io.tideline.store.search.SortKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopFieldDocs;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory of Lucene's. What is applied can be found after a refresh: at once for urgent batches, within {@value
 * #LAZY_REFRESH_MILLIS} ms of further batches otherwise. It is durable after a commit, which comes when asked for or after
 * {@value #COMMIT_DOCUMENTS} documents.
 *
 * <p>Changes come one at a time, as the port says, each on a thread of the executor for changes; so what they alone use
 * needs no lock, being handed on by their futures.
 */
final class LuceneIndex implements MessageIndex {
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);
    private static final long LAZY_REFRESH_MILLIS = 1_000;
    private static final int COMMIT_DOCUMENTS = 100_000;

    private final String app;
    private final IndexWriter writer;
    private final SearcherManager searchers;
    private final WordAnalyzer analyzer;
    private final Documents documents;
    private final QueryTranslator translator;
    private final Executors executors;

    /** Positions applied since the last refresh. */
    private final Map<String, Long> fresh = new ConcurrentHashMap<>();

    private long refreshedAt = System.nanoTime();
    private int uncommitted;
    private volatile boolean remains;

    /**
     * Who does what.
     *
     * @param changes blocks on files
     * @param queries blocks on files; refuses when too many wait
     * @param upkeep may be busy for long
     */
    record Executors(Executor changes, Executor queries, Executor upkeep) {}

    LuceneIndex(String app, IndexWriter writer, WordAnalyzer analyzer, Executors executors) throws IOException {
        this.app = app;
        this.writer = writer;
        this.analyzer = analyzer;
        this.documents = new Documents(analyzer);
        this.translator = new QueryTranslator(analyzer);
        this.executors = executors;
        this.searchers = new SearcherManager(writer, null);
        this.remains = CommitData.read(writer.getLiveCommitData()).remains();
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> CompletableFuture<T> on(Executor executor, Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return work.run();
                        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
                            throw failed(e);
                        }
                    },
                    executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new OverloadedException("too many searches are waiting", Map.of(), e));
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private CompletableFuture<Void> change(Executor executor, Step step) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        step.run();
                    } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
                        throw failed(e);
                    }
                },
                executor);
    }

    private StorageUnavailableException failed(Exception cause) {
        return new StorageUnavailableException("the search index cannot be used", Map.of("app", app), cause);
    }

    @Override
    public CompletableFuture<Void> apply(IndexBatch batch) {
        return change(executors.changes(), () -> {
            for (IndexedMessage message : batch.messages()) {
                writer.updateDocument(
                        id(Fields.messageId(message.conversation(), message.seq())), documents.message(message));
            }
            if (!batch.removed().isEmpty()) {
                writer.deleteDocuments(batch.removed().stream()
                        .map(place -> id(Fields.messageId(place.conversation(), place.seq())))
                        .toArray(Term[]::new));
            }
            for (Conversation conversation : batch.conversations()) {
                writer.updateDocument(
                        id(Fields.conversationId(conversation.id().value())), documents.conversation(conversation));
            }
            for (IndexedMember member : batch.members()) {
                writer.updateDocument(
                        id(Fields.memberId(
                                member.conversation(),
                                member.membership().user().value())),
                        documents.member(member));
            }
            for (Map.Entry<String, Long> position : batch.positions().entrySet()) {
                writer.updateDocument(
                        id(Fields.positionId(position.getKey())),
                        documents.position(position.getKey(), position.getValue()));
                fresh.put(position.getKey(), position.getValue());
            }
            uncommitted += batch.messages().size()
                    + batch.members().size()
                    + batch.positions().size();
            if (uncommitted >= COMMIT_DOCUMENTS) {
                commitNow();
            } else if (batch.urgent()
                    || System.nanoTime() - refreshedAt > TimeUnit.MILLISECONDS.toNanos(LAZY_REFRESH_MILLIS)) {
                refresh();
            }
        });
    }

    private static Term id(String id) {
        return new Term(Fields.ID, id);
    }

    private void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
        fresh.clear();
        refreshedAt = System.nanoTime();
    }

    private void commitNow() throws IOException {
        writer.setLiveCommitData(new CommitData(remains).write().entrySet());
        writer.commit();
        uncommitted = 0;
        refresh();
    }

    @Override
    public CompletableFuture<Void> commit() {
        return change(executors.changes(), () -> {
            if (writer.hasUncommittedChanges()) {
                commitNow();
            }
        });
    }

    @Override
    public CompletableFuture<Void> remove(IndexRemoval removal) {
        return change(executors.changes(), () -> {
            refresh();
            Query query = QueryTranslator.removal(removal);
            if (count(query) > 0) {
                remains = true;
                writer.deleteDocuments(query);
                refresh();
            }
        });
    }

    private int count(Query query) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            return searcher.count(query);
        } finally {
            searchers.release(searcher);
        }
    }

    @Override
    public CompletableFuture<Void> expunge() {
        return change(executors.upkeep(), () -> {
            // What is removed from now on has to wait for the next time.
            remains = false;
            try {
                writer.commit();
                writer.forceMergeDeletes(true);
                writer.setLiveCommitData(new CommitData(remains).write().entrySet());
                writer.commit();
                searchers.maybeRefreshBlocking();
                writer.deleteUnusedFiles();
            } catch (IOException | RuntimeException e) {
                remains = true;
                throw e;
            }
        });
    }

    @Override
    public boolean hasRemains() {
        return remains;
    }

    @Override
    public CompletableFuture<Map<String, Long>> positions(Collection<String> conversations) {
        return on(executors.changes(), () -> {
            Map<String, Long> found = new HashMap<>();
            IndexSearcher searcher = searchers.acquire();
            try {
                for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                    positions(leaf, conversations, found);
                }
            } finally {
                searchers.release(searcher);
            }
            for (String conversation : conversations) {
                @Nullable Long latest = fresh.get(conversation);
                if (latest != null) {
                    found.put(conversation, latest);
                }
            }
            return found;
        });
    }

    private static void positions(LeafReaderContext leaf, Collection<String> conversations, Map<String, Long> found)
            throws IOException {
        var terms = leaf.reader().terms(Fields.ID);
        @Nullable NumericDocValues values = leaf.reader().getNumericDocValues(Fields.POSITION);
        if (terms == null || values == null) {
            return;
        }
        Bits live = leaf.reader().getLiveDocs();
        TermsEnum ids = terms.iterator();
        Map<Integer, String> documents = new HashMap<>();
        for (String conversation : conversations) {
            if (ids.seekExact(new BytesRef(Fields.positionId(conversation)))) {
                PostingsEnum postings = ids.postings(null, PostingsEnum.NONE);
                for (int doc = postings.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = postings.nextDoc()) {
                    if (live == null || live.get(doc)) {
                        documents.put(doc, conversation);
                    }
                }
            }
        }
        int[] inOrder = documents.keySet().stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(inOrder);
        for (int doc : inOrder) {
            if (values.advanceExact(doc)) {
                found.put(documents.getOrDefault(doc, ""), values.longValue());
            }
        }
    }

    @Override
    public CompletableFuture<IndexPage> search(SearchQuery query, Deadline deadline) {
        return on(executors.queries(), () -> {
            requireTime(deadline);
            IndexSearcher shared = searchers.acquire();
            try {
                // One of its own: a searcher knows one time limit.
                IndexSearcher searcher = new IndexSearcher(shared.getIndexReader());
                searcher.setTimeout(deadline::hasPassed);
                IndexPage page = page(searcher, query);
                if (searcher.timedOut()) {
                    requireTime(deadline);
                }
                return page;
            } finally {
                searchers.release(shared);
            }
        });
    }

    private static void requireTime(Deadline deadline) {
        if (deadline.hasPassed()) {
            throw new DeadlinePassedException("deadline passed before the search was done", Map.of(), null);
        }
    }

    private IndexPage page(IndexSearcher searcher, SearchQuery query) throws IOException {
        int size = searcher.getIndexReader().maxDoc();
        if (size == 0 || query.spans().map(List::isEmpty).orElse(false)) {
            return IndexPage.EMPTY;
        }
        Optional<SortKey> key = query.after();
        @Nullable FieldDoc after = key.isEmpty() ? null : Sorts.after(query, key.get(), size - 1);
        Sort sort = Sorts.of(query);
        TopFieldDocs found = searcher.search(
                translator.query(query),
                new TopFieldCollectorManager(sort, query.limit(), after, SearchQuery.COUNTED_EXACTLY));
        List<SortKey> hits = new ArrayList<>();
        for (ScoreDoc hit : found.scoreDocs) {
            hits.add(Sorts.key(query, (FieldDoc) hit));
        }
        boolean exact = found.totalHits.relation == org.apache.lucene.search.TotalHits.Relation.EQUAL_TO;
        return new IndexPage(hits, found.totalHits.value, exact);
    }

    @Override
    public boolean isUsable() {
        return writer.isOpen();
    }

    @Override
    public long documents() {
        return writer.getDocStats().numDocs;
    }

    @Override
    public void close() {
        try {
            if (writer.isOpen()) {
                writer.setLiveCommitData(new CommitData(remains).write().entrySet());
            }
            searchers.close();
            writer.close();
        } catch (IOException | AlreadyClosedException e) {
            LOG.warn("a search index did not close cleanly, app={}", app, e);
        } finally {
            analyzer.close();
        }
    }
}
