package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.timeline.TimelineId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tasks, step by step. Blocks; one at a time. */
final class ArchiveWork {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveWork.class);

    private final FileLayout layout;
    private final Locators locators;
    private final Catalog catalog;
    private final ArchivePlanner planner;
    private final ArchiveJob job;
    private final Rewriter rewriter;
    private final Settlement settlement;
    private final DueSearch due;
    private final ErasedRows erased;
    private final FileCheck check;
    private final Restoration restoration;
    private final Expiry expiry;
    private final Compaction compaction;
    private final InstantSource clock;

    ArchiveWork(
            ArchivePorts ports,
            FileLayout layout,
            EntryFiles files,
            Locators locators,
            ColdReader reader,
            Catalog catalog,
            ArchivePlanner planner,
            ArchiveJob job,
            Rewriter rewriter,
            ArchiveConfig config,
            InstantSource clock) {
        this.layout = layout;
        this.locators = locators;
        this.catalog = catalog;
        this.planner = planner;
        this.job = job;
        this.rewriter = rewriter;
        this.settlement = new Settlement(ports, locators, files);
        this.due = new DueSearch(ports.warm());
        this.erased = new ErasedRows(locators);
        this.check = new FileCheck(ports, locators, files, planner);
        this.restoration = new Restoration(ports, reader, locators);
        this.expiry = new Expiry(ports, locators);
        this.compaction = new Compaction(config.fileBytes());
        this.clock = clock;
    }

    ArchiveTable table(WriterSession session) throws IOException {
        return ArchiveTable.openOrCreate(catalog, layout, session.fence());
    }

    /** Draws the consequences of a commit whose writer has died, and clears away what dead writers have left. */
    void recover(WriterSession session) throws IOException {
        Optional<Catalog.Pending> pending = catalog.state().pending();
        ArchiveTable table = table(session);
        if (pending.isPresent()) {
            String name = pending.get().name();
            LOG.info(
                    "completing what was left half done kind={} name={}",
                    pending.get().kind(),
                    name);
            ArchiveTable.Change change = table.change(pending.get().snapshot());
            Settlement.requireFiles(change, name);
            if (pending.get().kind().equals(Catalog.Pending.ARCHIVE)) {
                settleBatch(table, name, change.added(), session);
            } else {
                settleRewrite(table, change.added(), change.removed(), session);
            }
        }
        session.requireWriter();
        job.sweep();
        Map<String, Long> orphans = table.sweep();
        if (!orphans.isEmpty()) {
            LOG.info("deleted files that belonged to nothing files={}", orphans.size());
        }
    }

    ArchiveReport perform(ArchiveTask task, WriterSession session) throws IOException {
        if (task instanceof ArchiveTask.Run run) {
            return run(run.batch(), session);
        } else if (task instanceof ArchiveTask.Verify verify) {
            return check.verify(table(session), verify, session);
        } else if (task instanceof ArchiveTask.Restore restore) {
            return restore(restore, session);
        } else if (task instanceof ArchiveTask.Expire expire) {
            return expire(expire.dryRun(), session);
        }
        return compact(((ArchiveTask.Compact) task).dryRun(), session);
    }

    /** What a run would do now. */
    ArchiveReport plan(ArchiveProgress progress) throws IOException {
        long[] totals = new long[3];
        planner.plan(
                clock.instant(),
                (prefix, timeline, entry) -> {
                    long entries = due.count(timeline, entry);
                    totals[0]++;
                    totals[1] += entries > 0 ? 1 : 0;
                    totals[2] += entries;
                    progress.at("plan", totals[0], 0);
                },
                progress);
        return report(Map.of("timelines_looked_at", totals[0], "timelines", totals[1], "entries", totals[2]));
    }

    private static ArchiveReport report(Map<String, Long> figures) {
        return new ArchiveReport(new java.util.TreeMap<>(figures), List.of());
    }

    private ArchiveReport run(String batch, WriterSession session) throws IOException {
        if (catalog.batch(batch).isPresent()) {
            return report(Map.of("already_done", 1L));
        }
        ArchiveTable table = table(session);
        ArchiveJob.Outcome outcome = job.run(batch, table.author(), clock.instant(), session.progress());
        session.checkpoint();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("timelines", outcome.timelines());
        figures.put("entries", outcome.entries());
        figures.put("files", (long) outcome.files().size());
        if (!outcome.files().isEmpty()) {
            long bytes = 0;
            for (String file : outcome.files()) {
                bytes += layout.fileSystem().getFileStatus(layout.data(file)).getLen();
            }
            figures.put("bytes", bytes);
            table.append(batch, outcome.files());
            figures.put("timelines_left_for_the_next", (long) settleBatch(table, batch, outcome.files(), session));
        }
        job.forget(batch);
        return new ArchiveReport(
                figures,
                outcome.holes() == 0
                        ? List.of()
                        : List.of("entries are missing in the warm table: timelines=" + outcome.holes()));
    }

    /** Answers how many timelines could not be moved after all. */
    private int settleBatch(ArchiveTable table, String batch, Collection<String> added, WriterSession session)
            throws IOException {
        Map<TimelineId, List<Slice>> refused = new HashMap<>();
        ArchiveJob.Reports settle = some -> refused.putAll(settlement.moved(some, session));
        try {
            job.reports(batch, settle);
        } catch (FileNotFoundException e) {
            LOG.warn("the report of a batch is gone; its files are compared with the warm table batch={}", batch);
            for (String file : added) {
                settle.take(settlement.unreported(List.of(file)));
            }
        }
        if (refused.isEmpty()) {
            completed(table, session);
        } else {
            Set<String> files = new TreeSet<>();
            refused.values().forEach(stretch -> stretch.forEach(slice -> files.add(slice.file())));
            rewrite(table, files, Rewriter.without(refused), session);
        }
        return refused.size();
    }

    /** Writes some live files anew, each for itself. */
    private void rewrite(ArchiveTable table, Collection<String> files, Rewriter.Edit edit, WriterSession session)
            throws IOException {
        Map<String, DataFile> live = table.live();
        List<DataFile> inputs =
                files.stream().filter(live::containsKey).map(live::get).toList();
        if (inputs.isEmpty()) {
            completed(table, session);
            return;
        }
        settle(table, rewriter.each(table, inputs, edit, session), session);
    }

    private void settle(ArchiveTable table, long snapshot, WriterSession session) throws IOException {
        ArchiveTable.Change change = table.change(snapshot);
        settleRewrite(table, change.added(), change.removed(), session);
    }

    private void settleRewrite(
            ArchiveTable table, Collection<String> added, Collection<String> removed, WriterSession session)
            throws IOException {
        settlement.replaced(added, removed, session);
        completed(table, session);
    }

    private void completed(ArchiveTable table, WriterSession session) throws IOException {
        if (!catalog.completed(session.fence())) {
            throw WriterSession.replaced();
        }
        table.expireOldStates();
        session.requireWriter();
        table.sweep();
    }

    private ArchiveReport restore(ArchiveTask.Restore task, WriterSession session) throws IOException {
        Restoration.Outcome outcome = restoration.restore(task, session);
        if (!task.dryRun()) {
            long through = outcome.coldThrough();
            rewrite(
                    table(session),
                    outcome.files(),
                    (timeline, row) -> timeline.equals(task.timeline()) && row.seq() > through ? null : row,
                    session);
        }
        return report(Map.of(
                "entries", outcome.entries(), "files", (long) outcome.files().size()));
    }

    private ArchiveReport expire(boolean dryRun, WriterSession session) throws IOException {
        Expiry.Found found = expiry.find(session);
        if (!dryRun && !found.files().isEmpty()) {
            rewrite(table(session), found.files(), found.edit(), session);
        }
        return report(Map.of(
                "entries", found.entries(),
                "timelines", (long) found.through().size(),
                "files", (long) found.files().size()));
    }

    /** Takes erased entries out of files. */
    long purge(WriterSession session) throws IOException {
        ErasedRows.Found found = erased.find();
        if (!found.files().isEmpty()) {
            rewrite(table(session), found.files(), found.edit(), session);
        }
        session.requireWriter();
        found.forget(locators);
        return found.files().size();
    }

    private ArchiveReport compact(boolean dryRun, WriterSession session) throws IOException {
        long purged = dryRun ? erased.find().files().size() : purge(session);
        // Opened only now: it would not know what the purge has changed.
        ArchiveTable table = table(session);
        List<List<DataFile>> groups = compaction.groups(table.live().values());
        long inputs = groups.stream().mapToLong(List::size).sum();
        int done = 0;
        for (List<DataFile> group : dryRun ? List.<List<DataFile>>of() : groups) {
            session.checkpoint();
            session.progress().at("compact", done++, groups.size());
            settle(table, rewriter.together(table, group, Rewriter.Edit.NONE, session), session);
        }
        return report(Map.of(
                "files_merged", inputs,
                "files_purged", purged,
                "files", (long) table.live().size()));
    }
}
