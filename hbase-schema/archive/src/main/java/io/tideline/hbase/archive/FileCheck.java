package io.tideline.hbase.archive;

import io.tideline.core.archive.ArchiveProgress;
import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.HeadQuery;
import io.tideline.core.timeline.Head;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.core.timeline.Watermarks;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Compares files, locator, table and watermarks with each other. The checksums in the locator were made from HBase's cells,
 * before the files were written. What should be there is told by the watermarks alone: a timeline that is neither in the
 * locator nor in a file is found by them. Blocks.
 *
 * <p>A part that is in order is so whoever writes meanwhile: each of its files was read from end to end and is what the
 * locator says. One that is not may just be changed: only the writer, beside whom nothing changes, can tell.
 */
final class FileCheck {
    private final ArchivePorts ports;
    private final Locators locators;
    private final EntryFiles files;
    private final ArchivePlanner planner;

    FileCheck(ArchivePorts ports, Locators locators, EntryFiles files, ArchivePlanner planner) {
        this.ports = ports;
        this.locators = locators;
        this.files = files;
        this.planner = planner;
    }

    Verification of(ArchiveTask.Verify task) {
        return new Verification(task);
    }

    /** Who checks. */
    private interface Checker {
        boolean isWriter();

        void requireWriter() throws IOException;

        void checkpoint();

        ArchiveProgress progress();

        static Checker beside(ArchiveProgress progress) {
            return new Checker() {
                @Override
                public boolean isWriter() {
                    return false;
                }

                @Override
                public void requireWriter() {
                    // Writes nothing.
                }

                @Override
                public void checkpoint() {
                    WriterSession.checkpoint(progress);
                }

                @Override
                public ArchiveProgress progress() {
                    return progress;
                }
            };
        }

        static Checker writer(WriterSession session) {
            return new Checker() {
                @Override
                public boolean isWriter() {
                    return true;
                }

                @Override
                public void requireWriter() throws IOException {
                    session.requireWriter();
                }

                @Override
                public void checkpoint() {
                    session.checkpoint();
                }

                @Override
                public ArchiveProgress progress() {
                    return session.progress();
                }
            };
        }
    }

    /** Opens the table as it is now. */
    interface Tables {
        @Nullable ArchiveTable open() throws IOException;
    }

    /** One check, in parts: buckets, or the one timeline that was asked for. Not thread safe. */
    final class Verification {
        private final ArchiveTask.Verify task;
        /** Parts of which nobody knows yet whether they are in order. */
        private final Set<Integer> open = new TreeSet<>();

        private final Figures figures = new Figures();

        private Verification(ArchiveTask.Verify task) {
            this.task = task;
            for (int bucket = 0; bucket < (task.timeline().isPresent() ? 1 : FileSchema.BUCKETS); bucket++) {
                open.add(bucket);
            }
        }

        /** Changes nothing and needs no lease; answers whether all is in order, else {@link #asWriter} tells. */
        boolean beside(Tables tables, ArchiveProgress progress) throws IOException {
            look(tables, Checker.beside(progress));
            return open.isEmpty();
        }

        /** Looks at what is left. */
        ArchiveReport asWriter(ArchiveTable table, WriterSession session) throws IOException {
            look(() -> table, Checker.writer(session));
            return report();
        }

        private void look(Tables tables, Checker checker) throws IOException {
            for (int part : List.copyOf(open)) {
                try {
                    @Nullable ArchiveTable table = tables.open();
                    if (table != null) {
                        Run run = new Run(table.live(), task, checker, figures.filesRead);
                        run.part(part);
                        if (checker.isWriter() || run.figures.problemCount == 0) {
                            figures.add(run.figures);
                            open.remove(part);
                        }
                    }
                } catch (NotFoundException e) {
                    // The state that was being read is forgotten, and its metadata with it.
                    if (checker.isWriter()) {
                        throw e;
                    }
                }
            }
        }

        ArchiveReport report() {
            return figures.report(task.rebuild());
        }
    }

    private interface Part {
        void visit(Locators.Visitor visitor);
    }

    private static final class Figures {
        private final List<String> problems = new ArrayList<>();
        private long problemCount;
        private long entries;
        private long slices;
        private long bytes;
        private long filesRead;
        private long rebuilt;

        void add(Figures part) {
            part.problems.stream()
                    .limit(ArchiveReport.MAX_PROBLEMS - problems.size())
                    .forEach(problems::add);
            problemCount += part.problemCount;
            entries += part.entries;
            slices += part.slices;
            bytes += part.bytes;
            filesRead += part.filesRead;
            rebuilt += part.rebuilt;
        }

        ArchiveReport report(boolean rebuild) {
            Map<String, Long> figures = new LinkedHashMap<>();
            figures.put("files", filesRead);
            figures.put("entries", entries);
            figures.put("stretches", slices);
            figures.put("bytes", bytes);
            figures.put("problems", problemCount);
            if (rebuild) {
                figures.put("rebuilt", rebuilt);
            }
            return new ArchiveReport(figures, problems);
        }
    }

    /** The check of one part. Memory: its stretches and its timelines. */
    private final class Run {
        private final Map<String, DataFile> live;
        private final ArchiveTask.Verify task;
        private final Checker checker;
        private final long filesBefore;
        private final Map<String, List<Slice>> known = new HashMap<>();
        /** Timelines of the part of which the locator says anything, or has learned anything. */
        private final Set<TimelineId> seen = new HashSet<>();

        private final Figures figures = new Figures();

        Run(Map<String, DataFile> live, ArchiveTask.Verify task, Checker checker, long filesBefore) {
            this.live = live;
            this.task = task;
            this.checker = checker;
            this.filesBefore = filesBefore;
        }

        void part(int bucket) throws IOException {
            if (task.timeline().isPresent()) {
                part(visitor -> locators.visit(task.timeline().get(), visitor), Set.of());
                missing(task.timeline().get());
            } else {
                Set<String> of = new TreeSet<>(live.keySet());
                of.removeIf(file -> FileLayout.bucket(file) != bucket);
                part(visitor -> locators.visit(bucket, visitor), of);
                missing(bucket);
            }
        }

        private void problem(String text) {
            figures.problemCount++;
            if (figures.problems.size() < ArchiveReport.MAX_PROBLEMS) {
                figures.problems.add(text);
            }
        }

        private void part(Part part, Set<String> also) throws IOException {
            locators(part);
            Set<String> wanted = new TreeSet<>(also);
            wanted.addAll(known.keySet());
            wanted.retainAll(live.keySet());
            files(wanted);
            checker.requireWriter();
            missing();
        }

        /** Of the bucket that was just read. */
        private void missing(int bucket) throws IOException {
            planner.visit(bucket, this::missing, this::problem);
        }

        /** Of the timeline that was just read. */
        private void missing(TimelineId timeline) {
            HeadQuery query = new HeadQuery(timeline, SequenceId.NONE);
            Map<TimelineId, Head> heads = Futures.get(ports.store().heads(List.of(query), Expiry.deadline()));
            missing(timeline, heads.getOrDefault(timeline, Head.EMPTY).watermarks());
        }

        private void missing(TimelineId timeline, Watermarks marks) {
            if (marks.coldThrough().isAfter(marks.expiredThrough()) && !seen.contains(timeline)) {
                problem("the archive has nothing of a timeline: " + timeline + " "
                        + marks.expiredThrough().next() + ".." + marks.coldThrough());
            }
        }

        /** What the locator says, compared with the watermarks. */
        private void locators(Part part) {
            Coverage coverage = new Coverage();
            Expiry.Batches batches = new Expiry.Batches(some -> {
                Map<TimelineId, Head> heads = Expiry.heads(ports, some);
                for (Slice slice : some) {
                    seen.add(slice.timeline());
                    known.computeIfAbsent(slice.file(), first -> new ArrayList<>())
                            .add(slice);
                    coverage.add(
                            slice,
                            heads.getOrDefault(slice.timeline(), Head.EMPTY).watermarks());
                }
            });
            part.visit(batches);
            batches.flush();
            coverage.end();
        }

        /** Whether the stretches of each timeline are all of what the watermarks send to files, and no more. */
        private final class Coverage {
            private TimelineId timeline = FileLayout.NO_TIMELINE;
            private Watermarks marks = Watermarks.NONE;
            private long next;

            void add(Slice slice, Watermarks of) {
                if (!timeline.equals(slice.timeline())) {
                    end();
                    timeline = slice.timeline();
                    marks = of;
                    next = of.expiredThrough().value() + 1;
                }
                if (slice.first() > next) {
                    problem("the locator has a hole: " + timeline + " " + next + ".." + (slice.first() - 1));
                }
                next = Math.max(next, slice.last() + 1);
            }

            void end() {
                long last = marks.coldThrough().value();
                if (next > 0 && next <= last) {
                    problem("the locator ends early: " + timeline + " at " + (next - 1) + " of " + last);
                } else if (next > last + 1 && next > marks.expiredThrough().value() + 1) {
                    problem("the locator goes too far: " + timeline + " to " + (next - 1) + " of " + last);
                }
            }
        }

        private void files(Set<String> wanted) throws IOException {
            for (String file : wanted) {
                checker.checkpoint();
                checker.progress().at("verify", filesBefore + figures.filesRead, live.size());
                try {
                    file(file, live.get(file));
                } catch (FileNotFoundException e) {
                    problem("a file is missing: " + file);
                } catch (CorruptDataException e) {
                    problem(e.getMessage() + ": " + file);
                }
            }
        }

        private void file(String file, @Nullable DataFile entry) throws IOException {
            FileStatus status = files.status(file);
            List<Slice> found = SliceScan.of(files, file);
            long rows = found.stream().mapToLong(Slice::length).sum();
            if (entry != null && (entry.recordCount() != rows || entry.fileSizeInBytes() != status.getLen())) {
                problem("the table's metadata and a file do not agree: " + file);
            }
            figures.filesRead++;
            figures.entries += rows;
            figures.bytes += status.getLen();
            figures.slices += found.size();
            List<Slice> unknown = new ArrayList<>();
            Set<Slice> told = Set.copyOf(known.getOrDefault(file, List.of()));
            for (Slice slice : found) {
                boolean asked =
                        task.timeline().isEmpty() || task.timeline().get().equals(slice.timeline());
                if (asked && !told.contains(slice)) {
                    unknown.add(slice);
                }
            }
            List<Slice> gone =
                    told.stream().filter(slice -> !found.contains(slice)).toList();
            if (task.rebuild()) {
                checker.requireWriter();
                Futures.get(locators.put(unknown));
                unknown.forEach(slice -> seen.add(slice.timeline()));
                Futures.get(locators.remove(gone));
                figures.rebuilt += unknown.size() + gone.size();
            } else {
                unknown.forEach(slice -> problem("not in the locator, or otherwise: " + where(slice)));
                gone.forEach(slice -> problem("not in the file, or otherwise: " + where(slice)));
            }
        }

        private static String where(Slice slice) {
            return slice.file() + " " + slice.timeline() + " " + slice.first() + ".." + slice.last();
        }

        /** What the locator says of files that the table does not have. */
        private void missing() {
            for (Map.Entry<String, List<Slice>> file : known.entrySet()) {
                boolean unknown = !live.containsKey(file.getKey());
                if (unknown && task.rebuild()) {
                    Futures.get(locators.remove(file.getValue()));
                    figures.rebuilt += file.getValue().size();
                } else if (unknown) {
                    problem("the locator names a file that the table does not have: " + file.getKey());
                }
            }
        }
    }
}
