package io.tideline.tools.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.archive.ArchiveReport;
import io.tideline.core.archive.ArchiveTask;
import io.tideline.core.error.CorruptDataException;
import io.tideline.core.store.Deadline;
import io.tideline.core.tier.TierState;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import io.tideline.tools.command.ExitCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchiveCommandsTest {
    private static final TimelineId ROOM = TimelineId.conversation("arch", "room");
    private static final String NAME = "arch/conversation/room";
    private static final ScriptedArchive ARCHIVE = new ScriptedArchive();
    private static CliFixture cli;

    @BeforeAll
    static void start() {
        cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));
        cli.archiveWith(ARCHIVE);
        for (int i = 0; i < 6; i++) {
            assertThat(cli.run("append", NAME, "text " + i, "--sender", "ann").exitCode())
                    .isZero();
        }
        Deadline deadline = Deadline.after(Duration.ofSeconds(30));
        TierState state = cli.memory.state(ROOM, deadline).join();
        TierState next =
                state.moved(state.watermarks().withWarmThrough(SequenceId.of(4)).withColdThrough(SequenceId.of(3)));
        assertThat(cli.memory.replace(ROOM, state, next, deadline).join()).isTrue();
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    @BeforeEach
    void forget() {
        ARCHIVE.performed.clear();
    }

    private static Run run(String... args) {
        Run run = cli.run(args);
        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        return run;
    }

    @Test
    void run_followsTheOperationAndPrintsItsReport() {
        Run run = run("archive", "run", "--id", "night-1", "-o", "jsonl");

        assertThat(run.err()).contains("operation night-1");
        assertThat(run.out())
                .hasLineCount(1)
                .contains("\"state\":\"succeeded\"")
                .contains("\"entries\":\"3\"")
                .contains("\"problems\":\"0\"");
        assertThat(ARCHIVE.performed).containsExactly(new ArchiveTask.Run("night-1", false));
        // Again: the same operation, whatever has become of it.
        assertThat(run("archive", "run", "--id", "night-1").out()).contains("succeeded");
        assertThat(ARCHIVE.performed).hasSize(1);
        assertThat(cli.run("archive", "run", "--id", "night-1", "--dry-run").exitCode())
                .isEqualTo(ExitCode.REFUSED);
        assertThat(run("operations", "get", "night-1").out())
                .contains("entries")
                .contains("files");
    }

    @Test
    void plan_isADryRun() {
        run("archive", "plan", "--id", "plan-1");
        run("archive", "run", "--dry-run", "--id", "plan-2");

        assertThat(ARCHIVE.performed)
                .containsExactly(new ArchiveTask.Run("plan-1", true), new ArchiveTask.Run("plan-2", true));
    }

    @Test
    void everyTask_withItsOptions() {
        run("archive", "verify");
        run("archive", "verify", NAME, "--rebuild-locator");
        run("archive", "restore", NAME);
        run("archive", "restore", "room", "--app", "arch", "--from", "2", "--dry-run");
        run("archive", "expire", "--dry-run");
        run("archive", "compact");

        assertThat(ARCHIVE.performed)
                .containsExactly(
                        new ArchiveTask.Verify(Optional.empty(), false),
                        new ArchiveTask.Verify(Optional.of(ROOM), true),
                        new ArchiveTask.Restore(ROOM, SequenceId.FIRST, false),
                        new ArchiveTask.Restore(ROOM, SequenceId.of(2), true),
                        new ArchiveTask.Expire(true),
                        new ArchiveTask.Compact(false));
    }

    @Test
    void verify_thatFindsSomething_exitsWithOne_andNamesIt() {
        ARCHIVE.next(new ArchiveReport(Map.of("files", 2L), List.of("a-1.parquet: checksum")));

        Run run = cli.run("archive", "verify");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run.out()).contains("failed").contains("a-1.parquet: checksum");
    }

    @Test
    void run_thatLeftSomething_exitsWithOne() {
        ARCHIVE.next(new ArchiveReport(Map.of("entries", 2L), List.of("arch/conversation/x: entries are missing")));

        Run run = cli.run("archive", "run", "--id", "left-1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run.out()).contains("succeeded").contains("entries are missing");
        assertThat(cli.run("operations", "wait", "left-1").exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    @Test
    void brokenFile_exitsWithOne_andIsNamed() {
        ARCHIVE.nextFails(new CorruptDataException("the file is cut off", Map.of("file", "a-1.parquet"), null));

        Run run = cli.run("archive", "compact");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run.out()).contains("CORRUPT_DATA").contains("a-1.parquet");
    }

    @Test
    void busyArchive_isWaitedFor() {
        ARCHIVE.nextIsBusy();

        run("archive", "expire", "--id", "busy-1");

        assertThat(ARCHIVE.performed).hasSize(2);
    }

    @Test
    void noWait_thenWait() {
        assertThat(run("archive", "run", "--id", "later-1", "--no-wait", "-o", "jsonl")
                        .out())
                .contains("\"id\":\"later-1\"");

        assertThat(run("operations", "wait", "later-1").out()).contains("succeeded");
    }

    @Test
    void status_isPrinted() {
        assertThat(run("archive", "status", "-o", "jsonl").out())
                .contains("\"location\":\"file:/archive\"")
                .contains("\"bytes\":40000")
                .contains("\"unfinished\":\"night-6\"")
                .contains("\"policyArchives\":false")
                .contains("\"lastRunTime\":\"2023-11-14T22:13:20")
                .doesNotContain("lastCommitTime");
        assertThat(run("archive", "status").out()).contains("location");
    }

    @Test
    void hold_isTheHoldOfTiers() {
        run("archive", "hold", NAME);
        assertThat(run("tiers", NAME, "-o", "jsonl").out()).contains("\"held\":true");
        run("archive", "lift", NAME);
        assertThat(run("tiers", NAME, "-o", "jsonl").out()).contains("\"held\":false");
    }

    @Test
    void withoutAnArchive_isRefusedWithItsReason() {
        try (CliFixture without = new CliFixture()) {
            Run run = without.run("archive", "run");

            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err()).contains("FAILED_PRECONDITION/ARCHIVE_NOT_CONFIGURED");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "restore arch/conversation/room --from -1",
                "restore arch/conversation/room --from 4",
                "restore arch/inbox/ann",
                "run --id not/well/formed"
            })
    void badRanges_areRefused(String command) {
        Run run = cli.run(("archive " + command).split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("INVALID_ARGUMENT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "restore", "restore room --from x", "verify a b", "hold", "run room", "burn"})
    void badCommandLines_areRefused(String command) {
        String[] words = ("archive " + command).strip().split(" ");

        assertThat(cli.run(words).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void unknownTimeline_isTold() {
        assertThat(cli.run("archive", "restore", "nobody").exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(cli.run("archive", "verify", "nobody").exitCode()).isEqualTo(ExitCode.NEGATIVE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "archive",
                "archive plan",
                "archive run",
                "archive status",
                "archive verify",
                "archive restore",
                "archive hold",
                "archive lift",
                "archive expire",
                "archive compact"
            })
    void help_hasExamplesAndExitCodes(String command) {
        Run run = CliFixture.runAlone((command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Examples:")
                .contains("tideline " + command)
                .contains("Exit codes:");
    }
}
