package io.tideline.store.search.lucene;

import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.timeline.AppId;
import io.tideline.store.search.MessageIndex;
import io.tideline.store.search.MessageIndexes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lucene's indexes in one directory, a directory for each app. One process at a time may use them.
 *
 * <p>An index is read through once when it is opened; one that is damaged, cut, or of another version is deleted, and made
 * anew by whoever feeds it.
 */
public final class LuceneIndexes implements MessageIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndexes.class);
    private static final int QUERY_THREADS = 4;
    private static final int WAITING_QUERIES = 256;
    private static final int CHANGE_THREADS = 2;
    private static final double BUFFER_MB = 32;

    static {
        // A user's conversations, each with the seqs that he may see, make one query.
        IndexSearcher.setMaxClauseCount(1 << 16);
    }

    private final Path directory;
    private final ExecutorService changes = Executors.newFixedThreadPool(CHANGE_THREADS, threads("index"));
    private final ExecutorService upkeep = Executors.newSingleThreadExecutor(threads("index-upkeep"));
    private final ExecutorService queries = new ThreadPoolExecutor(
            QUERY_THREADS,
            QUERY_THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING_QUERIES),
            threads("search"));

    /** @param directory is made when it is not there */
    public LuceneIndexes(Path directory) {
        this.directory = directory;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "tideline-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public Set<AppId> apps() {
        if (!Files.isDirectory(directory)) {
            return Set.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory)
                    .flatMap(path -> AppDirectories.app(path.getFileName().toString()).stream())
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("the directory of search indexes cannot be read: " + directory, e);
        }
    }

    @Override
    public CompletableFuture<MessageIndex> open(AppId app) {
        return CompletableFuture.supplyAsync(() -> opened(app), changes);
    }

    private MessageIndex opened(AppId app) {
        Path path = directory.resolve(AppDirectories.name(app));
        try {
            Files.createDirectories(path);
            try {
                return open(app, path);
            } catch (LockObtainFailedException e) {
                throw e;
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("a search index cannot be used and is made anew from the timelines, app={}", app, e);
                delete(path);
                Files.createDirectories(path);
                return open(app, path);
            }
        } catch (IOException e) {
            throw new StorageUnavailableException(
                    "a search index cannot be opened", Map.of("app", app.value(), "directory", path.toString()), e);
        }
    }

    private MessageIndex open(AppId app, Path path) throws IOException {
        FSDirectory files = FSDirectory.open(path);
        try {
            IndexWriter writer = new IndexWriter(files, config());
            try {
                check(files);
                LuceneIndex.Executors executors = new LuceneIndex.Executors(changes, queries, upkeep);
                return new LuceneIndex(app.value(), writer, (WordAnalyzer) writer.getAnalyzer(), executors);
            } catch (IOException | RuntimeException e) {
                writer.rollback();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private static IndexWriterConfig config() {
        TieredMergePolicy merges = new TieredMergePolicy();
        // Erased means in no file: a forced merge takes every segment from which anything was removed.
        merges.setForceMergeDeletesPctAllowed(0);
        ConcurrentMergeScheduler threads = new ConcurrentMergeScheduler();
        threads.setMaxMergesAndThreads(6, 1);
        return new IndexWriterConfig(new WordAnalyzer())
                .setMergePolicy(merges)
                .setMergeScheduler(threads)
                .setRAMBufferSizeMB(BUFFER_MB)
                .setCommitOnClose(true);
    }

    /** Reads every file, if there is a commit. */
    private static void check(FSDirectory files) throws IOException {
        if (!DirectoryReader.indexExists(files)) {
            return;
        }
        try (DirectoryReader reader = DirectoryReader.open(files)) {
            if (!CommitData.isOurs(reader.getIndexCommit().getUserData().entrySet())) {
                throw new IllegalArgumentException("format: of another version (expected: " + CommitData.FORMAT + ")");
            }
            for (LeafReaderContext leaf : reader.leaves()) {
                leaf.reader().checkIntegrity();
            }
        }
    }

    private static void delete(Path path) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() {
        queries.shutdownNow();
        upkeep.shutdownNow();
        changes.shutdown();
    }
}
