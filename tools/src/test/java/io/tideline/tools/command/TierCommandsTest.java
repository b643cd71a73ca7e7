package io.tideline.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tiers and the scheduler by command. The fixture's policy keeps two entries of each timeline hot. */
final class TierCommandsTest {
    private static CliFixture cli;

    @BeforeAll
    static void start() {
        cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));
    }

    @AfterAll
    static void stop() {
        cli.close();
    }

    private static String run(String... args) {
        Run run = cli.run(args);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private static void fill(String timeline) {
        for (int i = 0; i < 5; i++) {
            run("append", timeline, "text " + i, "--sender", "ann");
        }
    }

    @Test
    void scheduler_dryRunThenRun_movesWhatItPlanned() {
        fill("moves/conversation/room");

        String plan = run("scheduler", "run", "--dry-run", "-o", "jsonl");
        assertThat(plan).contains("moves/conversation/room").contains("\"throughSeq\":3");
        assertThat(run("tiers", "moves/conversation/room", "-o", "jsonl")).contains("\"warmThroughSeq\":0");

        run("scheduler", "run");
        assertThat(run("tiers", "moves/conversation/room", "-o", "jsonl"))
                .contains("\"warmThroughSeq\":3")
                .contains("\"held\":false");
        assertThat(run("read", "moves/conversation/room", "-o", "jsonl").lines().filter(line -> line.contains("text")))
                .hasSize(5);
    }

    @Test
    void scheduler_paused_runSaysNo() {
        assertThat(run("scheduler", "pause", "-o", "jsonl")).contains("\"paused\":true");
        assertThat(cli.run("scheduler", "run").exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run("scheduler", "status", "-o", "jsonl")).contains("\"paused\":true");
        assertThat(run("scheduler", "drain", "-o", "jsonl"))
                .contains("\"paused\":true")
                .doesNotContain("worker");
        assertThat(run("scheduler", "resume", "-o", "jsonl")).contains("\"paused\":false");
    }

    @Test
    void tiers_holdAndLift_ofOneAndOfTheWholeApp() {
        fill("held/conversation/room");

        run("tiers", "hold", "held/conversation/room");
        assertThat(run("tiers", "held/conversation/room", "-o", "jsonl")).contains("\"held\":true");
        run("tiers", "hold", "--whole-app", "--app", "held");
        run("tiers", "lift", "held/conversation/room");
        assertThat(run("tiers", "held/conversation/room", "-o", "jsonl")).contains("\"held\":true");
        run("tiers", "lift", "--whole-app", "--app", "held");
        assertThat(run("tiers", "held/conversation/room", "-o", "jsonl")).contains("\"held\":false");
    }

    @Test
    void tiers_ofAll_tellsOfTheLastPass() {
        fill("all/conversation/room");
        assertThat(run("tiers", "all/conversation/room", "-o", "jsonl")).contains("\"lagSeconds\":");

        run("scheduler", "run");

        assertThat(run("tiers", "all/conversation/room", "-o", "jsonl")).doesNotContain("lagSeconds");
        assertThat(run("tiers", "-o", "jsonl"))
                .contains("\"hot\":{")
                .contains("\"warm\":{")
                .contains("\"scheduler\":{\"paused\":false,\"lastPass\":{\"outcome\":\"done\"")
                .contains("\"policyArchives\":false");
        assertThat(run("tiers")).contains("lastPass").contains("dueTimelines");
        assertThat(run("scheduler", "status")).contains("lastPass").contains("dueTimelines");
    }

    @Test
    void tiers_retention_isSetShownAndTakenAway() {
        fill("kept/conversation/room");

        assertThat(run("tiers", "retention", "kept/conversation/room", "90d", "-o", "jsonl"))
                .contains("\"retentionSeconds\":7776000")
                .contains("\"ownRetention\":true");
        assertThat(run("tiers", "kept/conversation/room", "-o", "jsonl")).contains("\"retentionSeconds\":7776000");
        assertThat(run("tiers", "retention", "kept/conversation/room", "none", "-o", "jsonl"))
                .doesNotContain("retentionSeconds")
                .contains("\"ownRetention\":true");
        assertThat(run("tiers", "retention", "kept/conversation/room", "default", "-o", "jsonl"))
                .contains("\"ownRetention\":false");
    }

    @Test
    void tiers_badRetentions_areRefused() {
        for (String wrong : new String[] {"", "0d", "soon", "-3d"}) {
            assertThat(cli.run("tiers", "retention", "kept/conversation/room", wrong)
                            .exitCode())
                    .as(wrong)
                    .isEqualTo(ExitCode.USAGE);
        }
        assertThat(cli.run("tiers", "retention", "nobody", "1d").exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(cli.run("tiers", "retention", "shop/inbox/ann", "1d").exitCode())
                .isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void tiers_badNames_areRefused() {
        assertThat(cli.run("tiers", "hold").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("tiers", "hold", "x", "--whole-app").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("tiers", "nobody").exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(cli.run("tiers", "hold", "nobody").exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(cli.run("tiers", "hold", "shop/inbox/ann").exitCode()).isEqualTo(ExitCode.REFUSED);
    }
}
