package io.tideline.tools.command;

import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --app}, and the reading of names with it. */
public final class TimelineOptions {
    @Option(
            names = "--app",
            paramLabel = "APP",
            defaultValue = "${env:TIDELINE_APP:-default}",
            description = "App of names without one (default: TIDELINE_APP, else \"default\").")
    private String app = "default";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** What {@code --app} says. */
    public String app() {
        return app;
    }

    /** The timeline of a parameter. @throws ParameterException when it is not a name */
    public TimelineName timeline(String text) {
        try {
            return TimelineNames.parse(text, app);
        } catch (IllegalArgumentException malformed) {
            throw usage(malformed);
        }
    }

    /** The family of an option. @throws ParameterException when there is none of that name */
    TimelineFamily family(String text) {
        try {
            return TimelineNames.family(text);
        } catch (IllegalArgumentException malformed) {
            throw usage(malformed);
        }
    }

    private ParameterException usage(IllegalArgumentException malformed) {
        return new ParameterException(command.commandLine(), String.valueOf(malformed.getMessage()), malformed);
    }
}
