package io.tideline.store.erase;

import io.tideline.core.erase.ColdErasure;
import io.tideline.core.erase.Erasure;
import io.tideline.core.erase.ErasureTarget;
import io.tideline.core.erase.PhysicalPurge;
import io.tideline.core.erase.Rewritten;
import io.tideline.core.operation.Operation;
import io.tideline.core.operation.OperationProgress;
import io.tideline.core.operation.OperationRequest;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.StorePorts;
import io.tideline.store.conversation.ConversationService;
import io.tideline.store.erase.ErasePosition.Phase;
import io.tideline.store.erase.ErasePosition.Stage;
import io.tideline.store.operation.OperationHandler;
import io.tideline.store.operation.OperationStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Carries out erasures. The report counts what was removed ({@code removed.<where>.<what>}), and the pass that found nothing
 * any more ({@code proof.*}): every seq of every timeline concerned was read in each tier, in the archive as its files say it
 * after those with something erased were written anew ({@code rewritten.files}). What a step has removed before its
 * process died is not counted again.
 */
public final class EraseHandler implements OperationHandler {
    private static final int MAX_PASSES = 10;
    private static final int MAX_NAMED = 5;

    private final EraseWork work;
    private final Erasures erasures;
    private final EraseIntents intents;
    private final EraseScope scope;
    private final EraseTalk talk;
    private final EraseMembers members;

    public EraseHandler(StorePorts store, ErasePorts ports, ConversationService conversations, EraseConfig config) {
        this.work = new EraseWork(
                store.timelines(),
                store.records(),
                ports,
                conversations,
                new GoneMessages(store.timelines()),
                config,
                store.clock());
        this.erasures = new Erasures(store.records());
        this.intents = new EraseIntents(work, erasures);
        this.scope = new EraseScope(work);
        this.talk = new EraseTalk(work, erasures, intents);
        this.members = new EraseMembers(work, scope);
    }

    @Override
    public String kind() {
        return EraseRequests.KIND;
    }

    @Override
    public void check(OperationRequest request) {
        EraseRequests.target(request);
    }

    /** What is half erased has to become whole. */
    @Override
    public boolean cancellable() {
        return false;
    }

    @Override
    public CompletableFuture<OperationStep> step(Operation operation, Control control) {
        boolean begins = operation.checkpoint().isEmpty();
        return reaching(operation, (begins ? intents.begin(operation) : intents.find(operation)).thenCompose(intent -> {
                    if (intent.erasure().isEmpty()) {
                        return CompletableFuture.completedFuture(
                                new OperationStep.Failed(intent.problem(), operation.report()));
                    }
                    ErasePosition position = begins ? ErasePosition.BEGIN : ErasePosition.of(operation.checkpoint());
                    Step step = new Step(operation, intent.erasure().get(), position);
                    return begins ? CompletableFuture.completedFuture(step.goOn(position)) : step.take();
                }));
    }

    /** Another try here finds nothing new: the server has to be started with its archive. */
    private static CompletableFuture<OperationStep> reaching(
            Operation operation, CompletableFuture<OperationStep> step) {
        return step.exceptionallyCompose(failure -> isOutOfReach(failure)
                ? CompletableFuture.completedFuture(
                        new OperationStep.Failed(NoArchiveException.PROBLEM, operation.report()))
                : CompletableFuture.failedFuture(failure));
    }

    private static boolean isOutOfReach(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof NoArchiveException;
    }

    /** One step of one erasure. */
    private final class Step {
        private final String run;
        private final List<PhysicalPurge> purges;
        private final Map<String, String> report;
        private final Erasure erasure;
        private final ErasePosition position;
        private final EraseTally tally = new EraseTally();

        Step(Operation operation, Erasure erasure, ErasePosition position) {
            this.run = operation.id().value();
            this.purges =
                    EraseRequests.purges(operation.request()) ? work.ports().purges() : List.of();
            this.report = operation.report();
            this.erasure = erasure;
            this.position = position;
        }

        CompletableFuture<OperationStep> take() {
            return switch (position.stage()) {
                case TALK, INBOXES -> ofConversation();
                case PERSONAL_FAMILY -> ofFamily(TimelineFamily.PERSONAL, position.at(Stage.INBOX_FAMILY));
                case INBOX_FAMILY -> ofFamily(TimelineFamily.INBOX, position);
                case SETTLE -> CompletableFuture.completedFuture(settle());
                case REWRITE -> rewrite();
                case PURGE -> purge();
            };
        }

        private CompletableFuture<OperationStep> ofConversation() {
            if (position.phase() == Phase.NEXT) {
                return scope.nextConversation(erasure.target(), position.conversation())
                        .thenApply(next -> next.map(name -> goOn(begun(name))).orElseGet(this::stageEnded));
            }
            TimelineId timeline =
                    new TimelineId(erasure.target().app(), TimelineFamily.CONVERSATION, position.conversation());
            CompletableFuture<ErasePosition> next =
                    switch (position.phase()) {
                        case SEAL -> talk.seal(erasure, timeline, position, tally);
                        case GATE -> talk.gate(timeline, position);
                        case ENTRIES -> talk.entries(erasure, timeline, position, tally);
                        case RECORDS -> talk.records(erasure, timeline, position, tally);
                        case MEMBERS -> members.page(run, erasure, timeline, position, tally);
                        case NEXT -> CompletableFuture.completedFuture(position);
                    };
            return next.thenApply(this::goOn);
        }

        /** In inboxes there is nothing to do but to wait for fan-out, and to look. */
        private ErasePosition begun(String conversation) {
            return position.in(conversation, position.stage() == Stage.TALK ? Phase.SEAL : Phase.GATE);
        }

        private OperationStep stageEnded() {
            if (position.stage() == Stage.TALK) {
                boolean wholeApp = erasure.target() instanceof ErasureTarget.OneApp;
                return goOn(position.at(wholeApp ? Stage.PERSONAL_FAMILY : Stage.INBOXES));
            }
            return passEnded(position);
        }

        private CompletableFuture<OperationStep> ofFamily(TimelineFamily family, ErasePosition afterwards) {
            return scope.timelines(erasure.target().app(), family, position.after(), EraseScope.PAGE)
                    .thenCompose(page -> page.isEmpty()
                            ? CompletableFuture.completedFuture(
                                    family == TimelineFamily.INBOX ? passEnded(position) : goOn(afterwards))
                            : members.sweep(erasure, page, tally)
                                    .thenApply(done -> goOn(position.withAfter(last(page)))));
        }

        private static String last(List<TimelineId> page) {
            return page.get(page.size() - 1).name();
        }

        private OperationStep passEnded(ErasePosition at) {
            if (at.pass() == 1) {
                Instant until = work.clock().instant().plus(work.config().settle());
                return goOn(at.until(Stage.SETTLE, until.toEpochMilli()));
            }
            if (at.found() == 0) {
                Map<String, String> proven = new TreeMap<>(report);
                proven.put("proof.pass", Integer.toString(at.pass()));
                proven.put("proof.timelines", Long.toString(at.timelines()));
                proven.put("proof.seqs", Long.toString(at.seqs()));
                proven.put("proof.found", "0");
                ErasePosition next =
                        at.until(Stage.PURGE, work.clock().instant().toEpochMilli());
                return new OperationStep.More(progress(next), next.checkpoint(), proven, Duration.ZERO);
            }
            return at.pass() < MAX_PASSES
                    ? goOn(toNextPass(at))
                    : new OperationStep.Failed("after " + at.pass() + " passes there is still something found", report);
        }

        /** The next pass reads files as they are: what was marked in them has to be out of them before. */
        private ErasePosition toNextPass(ErasePosition at) {
            boolean rewrites = at.filed() && work.ports().files().isPresent();
            return rewrites ? at.at(Stage.REWRITE) : at.nextPass();
        }

        /** Goes on from where a dead process was by doing it again: what is written already needs nothing more. */
        private CompletableFuture<OperationStep> rewrite() {
            Optional<ColdErasure> files = work.ports().files();
            if (files.isEmpty()) {
                return CompletableFuture.failedFuture(new NoArchiveException());
            }
            return files.get().rewrite(work.deadline()).thenApply(done -> {
                if (done.isEmpty()) {
                    return wait(position, work.config().waitPause());
                }
                tally.rewritten(done.get().files());
                List<String> unreadable = unreadable(done.get());
                return unreadable.isEmpty()
                        ? goOn(position.nextPass())
                        : new OperationStep.Failed(
                                "CORRUPT_DATA: files of the archive that cannot be read still have what is to be erased "
                                        + unreadable,
                                tally.addTo(report));
            });
        }

        /**
         * The files that cannot be read and that another pass would meet again. Damage elsewhere in a file, or what is still
         * in a cache, lets a pass find what cannot be taken out. The first time nobody knows yet whether they have anything
         * of this erasure, and not of another one: then the next pass tells.
         */
        private List<String> unreadable(Rewritten done) {
            return position.pass() == 1 || done.files() > 0
                    ? List.of()
                    : done.unreadable().entrySet().stream()
                            .filter(one -> mayConcern(one.getKey()))
                            .map(Map.Entry::getValue)
                            .distinct()
                            .sorted()
                            .limit(MAX_NAMED)
                            .toList();
        }

        private boolean mayConcern(TimelineId timeline) {
            ErasureTarget target = erasure.target();
            if (target instanceof ErasureTarget.OneMessage message) {
                return timeline.equals(message.conversation().timeline(target.app()));
            }
            return timeline.app().equals(target.app());
        }

        private OperationStep settle() {
            Duration left = Duration.between(work.clock().instant(), Instant.ofEpochMilli(position.until()));
            return left.isNegative() || left.isZero()
                    ? goOn(toNextPass(position))
                    : wait(
                            position,
                            left.compareTo(work.config().waitPause()) < 0
                                    ? left
                                    : work.config().waitPause());
        }

        private CompletableFuture<OperationStep> purge() {
            int done = (int) position.seq();
            if (done >= purges.size()) {
                return erasures.keep(erasure.completed(), work.deadline())
                        .thenApply(kept -> new OperationStep.Done(new OperationProgress("done", 1, 1), finished()));
            }
            PhysicalPurge purge = purges.get(done);
            Map<String, String> told = new TreeMap<>(report);
            return purge.purge(Instant.ofEpochMilli(position.until()), work.deadline())
                    .thenApply(clean -> {
                        told.put("purge." + purge.name(), clean ? "done" : "under way");
                        ErasePosition next = clean ? position.withSeq(done + 1L) : position;
                        Duration pause = clean ? Duration.ZERO : work.config().waitPause();
                        return new OperationStep.More(progress(next), next.checkpoint(), told, pause);
                    });
        }

        private Map<String, String> finished() {
            Map<String, String> last = new TreeMap<>(report);
            if (purges.isEmpty()) {
                last.put("purge", "not asked for: replaced values leave HBase's files with the next compactions");
            }
            return last;
        }

        private OperationStep goOn(ErasePosition next) {
            ErasePosition counted = next.counting(tally);
            boolean waits = next.equals(position) && next.phase() == Phase.GATE;
            Duration pause = waits ? work.config().waitPause() : Duration.ZERO;
            return new OperationStep.More(progress(counted), counted.checkpoint(), tally.addTo(report), pause);
        }

        private OperationStep wait(ErasePosition at, Duration pause) {
            return new OperationStep.More(progress(at), at.checkpoint(), report, pause);
        }

        private OperationProgress progress(ErasePosition at) {
            String doing = at.pass() == 1 ? "erase" : "prove";
            String where = at.phase() == Phase.GATE
                    ? "wait for fan-out"
                    : switch (at.stage()) {
                        case TALK -> doing + " entries";
                        case INBOXES, INBOX_FAMILY -> doing + " inboxes";
                        case PERSONAL_FAMILY -> doing + " personal timelines";
                        case SETTLE -> "settle";
                        case REWRITE -> "rewrite the archive's files";
                        case PURGE -> "purge files";
                    };
            return new OperationProgress(where, at.seqs(), 0);
        }
    }
}
