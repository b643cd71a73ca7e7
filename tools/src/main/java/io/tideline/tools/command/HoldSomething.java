package io.tideline.tools.command;

import io.tideline.api.v1.SetHoldRequest;
import io.tideline.api.v1.SetHoldResponse;
import io.tideline.client.TidelineClient;
import io.tideline.tools.output.Fields;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sets or lifts a hold of what the command line names. */
public abstract class HoldSomething extends ServerCommand {
    @Mixin
    private final TimelineOptions timelines = new TimelineOptions();

    @Parameters(arity = "0..1", paramLabel = "TIMELINE", description = "app/family/id, or an id.")
    private String name = "";

    @Option(names = "--whole-app", description = "All timelines of --app, instead of one.")
    private boolean wholeApp;

    /** Whether it is held from now on. */
    protected abstract boolean held();

    @Override
    public final Integer call() {
        common.require(wholeApp == name.isEmpty(), "which one: TIMELINE or --whole-app?");
        SetHoldRequest.Builder request = SetHoldRequest.newBuilder().setHeld(held());
        if (wholeApp) {
            request.setApp(timelines.app());
        } else {
            request.setTimeline(timelines.timeline(name));
        }
        try (TidelineClient client = connection.open()) {
            SetHoldResponse answer = connection.await(client.operator().setHold(request.build()));
            output.document().print(new Fields().put("held", answer.getHeld()));
        }
        return ExitCode.OK;
    }
}
