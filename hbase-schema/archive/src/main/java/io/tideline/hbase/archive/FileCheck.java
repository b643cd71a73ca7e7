package io.tideline.hbase.archive;

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
import org.jspecify.annotations.Nullable;

/**
 * Compares files, locator, table and watermarks with each other. The checksums in the locator were made from HBase's cells,
 * before the files were written. What should be there is told by the watermarks alone: a timeline that is neither in the
 * locator nor in a file is found by them. Blocks; only for the writer, so that nothing changes meanwhile.
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

    ArchiveReport verify(ArchiveTable table, ArchiveTask.Verify task, WriterSession session) throws IOException {
        Run run = new Run(table.live(), task.rebuild());
        if (task.timeline().isPresent()) {
            run.part(visitor -> locators.visit(task.timeline().get(), visitor), Set.of(), task, session);
            run.missing(task.timeline().get());
        } else {
            for (int bucket = 0; bucket < FileSchema.BUCKETS; bucket++) {
                int part = bucket;
                Set<String> of = new TreeSet<>(run.live.keySet());
                of.removeIf(file -> FileLayout.bucket(file) != part);
                run.part(visitor -> locators.visit(part, visitor), of, task, session);
                run.missing(part);
            }
        }
        return run.report();
    }

    private interface Part {
        void visit(Locators.Visitor visitor);
    }

    /** One check. Memory: the stretches and the timelines of a bucket. */
    private final class Run {
        private final Map<String, DataFile> live;
        private final boolean rebuild;
        private final Map<String, List<Slice>> known = new HashMap<>();
        /** Timelines of the part of which the locator says anything, or has learned anything. */
        private final Set<TimelineId> seen = new HashSet<>();

        private final List<String> problems = new ArrayList<>();
        private long problemCount;
        private long entries;
        private long slices;
        private long bytes;
        private long filesRead;
        private long rebuilt;

        Run(Map<String, DataFile> live, boolean rebuild) {
            this.live = live;
            this.rebuild = rebuild;
        }

        private void problem(String text) {
            problemCount++;
            if (problems.size() < ArchiveReport.MAX_PROBLEMS) {
                problems.add(text);
            }
        }

        void part(Part part, Set<String> also, ArchiveTask.Verify task, WriterSession session) throws IOException {
            known.clear();
            seen.clear();
            locators(part);
            Set<String> wanted = new TreeSet<>(also);
            wanted.addAll(known.keySet());
            wanted.retainAll(live.keySet());
            files(wanted, task, session);
            session.requireWriter();
            missing();
        }

        /** Of the bucket that was just read. */
        void missing(int bucket) throws IOException {
            planner.visit(bucket, this::missing, this::problem);
        }

        /** Of the timeline that was just read. */
        void missing(TimelineId timeline) {
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

        private void files(Set<String> wanted, ArchiveTask.Verify task, WriterSession session) throws IOException {
            for (String file : wanted) {
                session.checkpoint();
                session.progress().at("verify", filesRead, live.size());
                try {
                    file(file, live.get(file), task, session);
                } catch (FileNotFoundException e) {
                    problem("a file is missing: " + file);
                } catch (CorruptDataException e) {
                    problem(e.getMessage() + ": " + file);
                }
            }
        }

        private void file(String file, @Nullable DataFile entry, ArchiveTask.Verify task, WriterSession session)
                throws IOException {
            FileStatus status = files.status(file);
            List<Slice> found = SliceScan.of(files, file);
            long rows = found.stream().mapToLong(Slice::length).sum();
            if (entry != null && (entry.recordCount() != rows || entry.fileSizeInBytes() != status.getLen())) {
                problem("the table's metadata and a file do not agree: " + file);
            }
            filesRead++;
            entries += rows;
            bytes += status.getLen();
            slices += found.size();
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
            if (rebuild) {
                session.requireWriter();
                Futures.get(locators.put(unknown));
                unknown.forEach(slice -> seen.add(slice.timeline()));
                Futures.get(locators.remove(gone));
                rebuilt += unknown.size() + gone.size();
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
                if (unknown && rebuild) {
                    Futures.get(locators.remove(file.getValue()));
                    rebuilt += file.getValue().size();
                } else if (unknown) {
                    problem("the locator names a file that the table does not have: " + file.getKey());
                }
            }
        }

        ArchiveReport report() {
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
}
