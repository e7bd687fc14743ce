/** Small helps on ordinary pages: autosave, double submits, keys, copying, inserting, confirming, counting, choosing files. */
import "./enhance.css";
import { startAutosave } from "./enhance/autosave";
import { startHelps } from "./enhance/helps";
import { startInserting } from "./enhance/insert";
import { startKeeping } from "./enhance/keep";
import { startKeys } from "./enhance/keys";
import { startOffline } from "./enhance/offline";
import { startPicking } from "./enhance/pick";

startOffline();
startAutosave();
startHelps();
startInserting();
startKeeping();
startKeys();
startPicking();
