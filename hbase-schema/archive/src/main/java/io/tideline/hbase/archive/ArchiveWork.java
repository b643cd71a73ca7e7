package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.erase.Rewritten;
import io.tideline.core.timeline.TimelineId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;
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
        return ArchiveTable.openOrCreate(catalog, layout, session.fence(), session::problem);
    }

    /** Draws the consequences of a commit whose writer has died, and clears away what dead writers have left. */
    void recover(WriterSession session) throws IOException {
        Optional<Catalog.Pending> pending = catalog.state().pending();
        ArchiveTable table = table(session);
        if (pending.isPresent()) {
            LOG.info(
                    "completing what was left half done kind={} name={}",
                    pending.get().kind(),
                    pending.get().shown());
            complete(pending.get(), table, session);
        }
        session.requireWriter();
        job.sweep();
        Map<String, Long> orphans = table.sweep();
        if (!orphans.isEmpty()) {
            LOG.info("deleted files that belonged to nothing files={}", orphans.size());
        }
    }

    private void complete(Catalog.Pending pending, ArchiveTable table, WriterSession session) throws IOException {
        if (pending.kind().equals(Catalog.Pending.RESTORE)) {
            settleRestore(table, pending.timeline(), pending.snapshot(), session);
            return;
        }
        ArchiveTable.Change change = table.change(pending.snapshot());
        Settlement.requireFiles(change, pending.name());
        if (pending.kind().equals(Catalog.Pending.ARCHIVE)) {
            settleBatch(table, pending.name(), change.added(), false, session);
        } else {
            settleRewrite(table, change.added(), change.removed(), session);
        }
    }

    /** Up to its one commit a restore is undone, from there on it is completed. */
    private void settleRestore(ArchiveTable table, TimelineId timeline, long rest, WriterSession session)
            throws IOException {
        if (restoration.undone(timeline, rest)) {
            completed(table, session);
        } else {
            rewrite(table, restoration.filesBeyond(timeline, rest), Restoration.edit(timeline, rest), session);
        }
    }

    ArchiveReport perform(ArchiveTask task, WriterSession session) throws IOException {
        if (task instanceof ArchiveTask.Run run) {
            return run(run.batch(), session);
        } else if (task instanceof ArchiveTask.Verify verify) {
            return verify(verification(verify), session);
        } else if (task instanceof ArchiveTask.Restore restore) {
            return restore(restore, session);
        } else if (task instanceof ArchiveTask.Expire) {
            return expire(session);
        }
        return compact(session);
    }

    /** What a task would do now. Takes no lease and changes nothing, not even what a dead writer has left. */
    ArchiveReport preview(ArchiveTask task, ArchiveProgress progress) throws IOException {
        if (task instanceof ArchiveTask.Restore restore) {
            return restored(restoration.plan(restore));
        } else if (task instanceof ArchiveTask.Expire) {
            return expired(expiry.find(progress));
        } else if (task instanceof ArchiveTask.Compact) {
            ArchiveTable table = ArchiveTable.find(catalog, layout);
            Collection<DataFile> live = table == null ? List.of() : table.live().values();
            return compacted(compaction.groups(live), erased.find().files().size(), live);
        }
        return plan(progress);
    }

    FileCheck.Verification verification(ArchiveTask.Verify task) {
        return check.of(task);
    }

    /** Whether all is in order, as far as somebody can tell beside whom others write; else {@link #verify} tells. */
    boolean isInOrder(FileCheck.Verification verification, ArchiveProgress progress) throws IOException {
        Catalog.State state = catalog.state();
        boolean abandoned = state.pending().isPresent() && !state.lease().isHeld(clock.instant());
        return !abandoned && DirectoryOwner.isOf(state, layout) && verification.beside(this::newest, progress);
    }

    private @Nullable ArchiveTable newest() throws IOException {
        ArchiveTable table = ArchiveTable.find(catalog, layout);
        return table != null && table.isNewest() ? table : null;
    }

    /** Looks at what was not in order, or at all of it. */
    ArchiveReport verify(FileCheck.Verification verification, WriterSession session) throws IOException {
        return verification.asWriter(table(session), session);
    }

    private ArchiveReport plan(ArchiveProgress progress) throws IOException {
        long[] totals = new long[3];
        List<String> problems = new ArrayList<>();
        planner.plan(
                clock.instant(),
                (prefix, timeline, entry) -> {
                    long entries = due.count(timeline, entry);
                    totals[0]++;
                    totals[1] += entries > 0 ? 1 : 0;
                    totals[2] += entries;
                    progress.at("plan", totals[0], 0);
                },
                progress,
                problems::add);
        return report(Map.of("timelines_looked_at", totals[0], "timelines", totals[1], "entries", totals[2]))
                .withProblems(problems);
    }

    private static ArchiveReport report(Map<String, Long> figures) {
        return new ArchiveReport(new TreeMap<>(figures), List.of());
    }

    private ArchiveReport run(String batch, WriterSession session) throws IOException {
        if (catalog.batch(batch).isPresent()) {
            return report(Map.of("already_done", 1L));
        }
        ArchiveTable table = table(session);
        Instant planned = clock.instant();
        ArchiveJob.Outcome outcome = job.run(batch, table.author(), planned, session);
        session.checkpoint();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("timelines", outcome.timelines());
        figures.put("entries", outcome.entries());
        figures.put("files", (long) outcome.files().size());
        long left = outcome.holes();
        if (!outcome.files().isEmpty()) {
            long bytes = 0;
            for (String file : outcome.files()) {
                bytes += layout.fileSystem().getFileStatus(layout.data(file)).getLen();
            }
            figures.put("bytes", bytes);
            table.append(batch, outcome.files());
            int refused = settleBatch(table, batch, outcome.files(), true, session);
            figures.put("timelines_left_for_the_next", (long) refused);
            left += refused;
        }
        job.forget(batch);
        if (!catalog.ran(session.fence(), new Catalog.LastRun(planned, left))) {
            throw WriterSession.replaced();
        }
        return new ArchiveReport(
                figures,
                outcome.holes() == 0
                        ? List.of()
                        : List.of("entries are missing in the warm table: timelines=" + outcome.holes()));
    }

    /**
     * Answers how many timelines could not be moved after all.
     *
     * @param fresh whether nobody can have begun with it before
     */
    private int settleBatch(
            ArchiveTable table, String batch, Collection<String> added, boolean fresh, WriterSession session)
            throws IOException {
        Map<TimelineId, List<Slice>> refused = new HashMap<>();
        ArchiveJob.Reports settle = some -> refused.putAll(settlement.moved(some, fresh, session));
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
        List<DataFile> inputs = live(table, files);
        if (inputs.isEmpty()) {
            completed(table, session);
            return;
        }
        settle(table, rewriter.each(table, inputs, edit, session).commit(table), session);
    }

    private static List<DataFile> live(ArchiveTable table, Collection<String> files) {
        Map<String, DataFile> live = table.live();
        return files.stream().filter(live::containsKey).map(live::get).toList();
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

    /**
     * All that takes its time, and may fail or be stopped, comes before the one step that cannot be undone: the copy in the
     * warm table and the files without the rows are there, when readers are sent away from the old ones.
     */
    private ArchiveReport restore(ArchiveTask.Restore task, WriterSession session) throws IOException {
        Restoration.Plan plan = restoration.plan(task);
        if (plan.isDone()) {
            return restored(plan);
        }
        ArchiveTable table = table(session);
        TimelineId timeline = task.timeline();
        if (!catalog.begin(session.fence(), Catalog.Pending.restore(timeline, plan.rest()))) {
            throw WriterSession.replaced();
        }
        restoration.copy(plan, session);
        List<DataFile> inputs = live(table, plan.files());
        Rewriter.Prepared prepared = rewriter.each(table, inputs, Restoration.edit(timeline, plan.rest()), session);
        session.requireWriter();
        restoration.commit(plan);
        if (inputs.isEmpty()) {
            completed(table, session);
        } else {
            settle(table, prepared.commit(table), session);
        }
        return restored(plan);
    }

    private static ArchiveReport restored(Restoration.Plan plan) {
        return report(
                Map.of("entries", plan.entries(), "files", (long) plan.files().size()));
    }

    private ArchiveReport expire(WriterSession session) throws IOException {
        Expiry.Found found = expiry.find(session.progress());
        if (!found.files().isEmpty()) {
            rewrite(table(session), found.files(), found.edit(), session);
        }
        return expired(found);
    }

    private static ArchiveReport expired(Expiry.Found found) {
        return report(Map.of(
                "entries", found.entries(),
                "timelines", (long) found.through().size(),
                "files", (long) found.files().size()));
    }

    /**
     * Takes erased entries out of files. One that cannot be read stays as it is, and so do the marks of what it has: it must
     * not keep what others have from being taken out.
     */
    Rewritten purge(WriterSession session) throws IOException {
        ErasedRows.Found found = erased.find();
        Set<String> unreadable = new TreeSet<>();
        long replaced = 0;
        if (!found.files().isEmpty()) {
            ArchiveTable table = table(session);
            List<DataFile> inputs = live(table, found.files().keySet());
            Rewriter.Prepared prepared = rewriter.each(table, inputs, found.edit(), session, (file, failure) -> {
                LOG.warn("a file of the archive with erased entries cannot be read file={}", file, failure);
                unreadable.add(file);
                return true;
            });
            replaced = prepared.inputs().size();
            if (replaced == 0) {
                completed(table, session);
            } else {
                settle(table, prepared.commit(table), session);
            }
        }
        session.requireWriter();
        found.forget(locators, unreadable);
        Map<TimelineId, String> timelines = new HashMap<>();
        unreadable.forEach(file ->
                found.files().getOrDefault(file, Map.of()).keySet().forEach(timeline -> timelines.put(timeline, file)));
        return new Rewritten(replaced, timelines);
    }

    private ArchiveReport compact(WriterSession session) throws IOException {
        Rewritten purged = purge(session);
        new TreeSet<>(purged.unreadable().values())
                .forEach(file -> session.problem("a file cannot be read, and still has erased entries: " + file));
        // Opened only now: it would not know what the purge has changed.
        ArchiveTable table = table(session);
        List<List<DataFile>> groups = compaction.groups(table.live().values());
        int done = 0;
        for (List<DataFile> group : groups) {
            session.checkpoint();
            session.progress().at("compact", done++, groups.size());
            settle(table, rewriter.together(table, group, Rewriter.Edit.NONE, session), session);
        }
        return compacted(groups, purged.files(), table.live().values());
    }

    private static ArchiveReport compacted(List<List<DataFile>> groups, long purged, Collection<DataFile> live) {
        return report(Map.of(
                "files_merged", groups.stream().mapToLong(List::size).sum(), "files_purged", purged, "files", (long)
                        live.size()));
    }
}
