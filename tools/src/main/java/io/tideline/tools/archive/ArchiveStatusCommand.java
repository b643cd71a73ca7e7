package io.tideline.tools.archive;

import io.tideline.api.v1.ArchiveStatus;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.EntryFields;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.output.Fields;
import picocli.CommandLine.Command;

/** What the archive has. */
@Command(
        name = "status",
        description = "Shows what the archive has, who works on it, and whether any policy archives anything.",
        footer = {"  tideline archive status", "  tideline archive status -o json | jq .bytes"})
public final class ArchiveStatusCommand extends ServerCommand {
    @Override
    public Integer call() {
        try (TidelineClient client = connection.open()) {
            output.document().print(fields(connection.await(client.archive().status())));
        }
        return ExitCode.OK;
    }

    private static Fields fields(ArchiveStatus found) {
        return new Fields()
                .put("location", found.getLocation())
                .put("files", found.getFiles())
                .put("entries", found.getEntries())
                .put("bytes", found.getBytes())
                .put("commits", found.getCommits())
                .put(
                        "lastCommitTime",
                        found.hasLastCommitTime() ? EntryFields.instant(found.getLastCommitTime()) : null)
                .put("lastRunTime", found.hasLastRunTime() ? EntryFields.instant(found.getLastRunTime()) : null)
                .put("working", found.getWorking().isEmpty() ? null : found.getWorking())
                .put("unfinished", found.getUnfinished().isEmpty() ? null : found.getUnfinished())
                .put("policyArchives", found.getPolicyArchives());
    }
}
