BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE "assignment" (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	round INTEGER DEFAULT '0' NOT NULL, 
	purpose VARCHAR(20) DEFAULT '' NOT NULL, 
	position INTEGER DEFAULT '0' NOT NULL, 
	given VARCHAR(40) DEFAULT '' NOT NULL, 
	due VARCHAR(10), 
	note TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_assignment_round UNIQUE (image_id, grader_id, round), 
	FOREIGN KEY(grader_id) REFERENCES grader (id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
INSERT INTO "assignment" VALUES(1,1,1,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(2,1,2,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(3,1,3,'submitted',8,0,'',0,'',NULL,'');
INSERT INTO "assignment" VALUES(4,2,1,'in progress',2,0,'',0,'',NULL,'');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	who VARCHAR(100) NOT NULL, 
	what VARCHAR(30) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	detail TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-12-01T01:18:35.052272+00:00','system','create','study','{"created": "2026-12-01T01:18:34.818312+00:00", "id": "aa6dcffc6dda447d8e788f9ebbe2e260", "pseudonym_key": "6fe7157bb426b012b64e440c9e96bd19fd74801c246b8aaee6ae593bee80aea6", "software_version": "0.1.0"}','e7b3e6257685b235311ebc09dc8bc547188dab00594bd195fbb1586f1d868bfd');
INSERT INTO "audit" VALUES(2,'2026-12-01T01:18:35.566516+00:00','system','import','image:1','{"acquired": "", "bscan": 0, "bscans": 0, "eye": "OD", "file": "10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png", "height": 40, "imported": "2026-12-01T01:18:35.564015+00:00", "modality": "fundus", "name": "p1_OD", "patient": "P-254142a6ea9b", "sha256": "1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5", "source_name": "", "source_sha256": "ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38", "spacing_x": null, "spacing_y": null, "split": "", "volume": "", "width": 60}','bf2a70435faa7b9f87c2a85e8d879a0b3fb9a948a40f51e3f6fa88b557f2f1bf');
INSERT INTO "audit" VALUES(3,'2026-12-01T01:18:35.566563+00:00','system','import','image:2','{"acquired": "", "bscan": 0, "bscans": 0, "eye": "OS", "file": "b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png", "height": 40, "imported": "2026-12-01T01:18:35.564305+00:00", "modality": "fundus", "name": "p1_OS", "patient": "P-254142a6ea9b", "sha256": "b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3", "source_name": "", "source_sha256": "69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54", "spacing_x": null, "spacing_y": null, "split": "", "volume": "", "width": 60}','5baf78d90a608cc3692bb13e1779b0fd4ab53e809106141a3d2571417322507b');
INSERT INTO "audit" VALUES(4,'2026-12-01T01:18:35.707261+00:00','system','add grader','grader:1','{"joined": "2026-12-01T01:18:35.706240+00:00", "left": null, "name": "Ada", "passphrase": "", "role": "grader"}','34b06fef09f270cff21ab419c60b6c57c5dd7fd428479580998aee06e13d13c7');
INSERT INTO "audit" VALUES(5,'2026-12-01T01:18:35.857531+00:00','system','add grader','grader:2','{"joined": "2026-12-01T01:18:35.857058+00:00", "left": null, "name": "Ben", "passphrase": "", "role": "grader"}','fa9713845bf95f2920ab986cf044a09a898a971ddd718f1d0201f2731d654659');
INSERT INTO "audit" VALUES(6,'2026-12-01T01:18:35.957305+00:00','system','add grader','grader:3','{"joined": "2026-12-01T01:18:35.956759+00:00", "left": null, "name": "Cleo", "passphrase": "", "role": "grader"}','26d7ba33354beef15a124353a48a0261ada01d11aab68d89e006eb09f81353d3');
INSERT INTO "audit" VALUES(7,'2026-12-01T01:18:36.005176+00:00','system','add grader','grader:4','{"joined": "2026-12-01T01:18:36.004732+00:00", "left": null, "name": "Weber", "passphrase": "", "role": "adjudicator"}','52e9a3096ce32ef33697d2995f5e3048611ddd3f4d77763c66131857a7579166');
INSERT INTO "audit" VALUES(8,'2026-12-01T01:18:36.175250+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "c39928b7b98b46548af5fd98b9ff1b6d", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 1, "created": "2026-12-01T01:18:36.095424+00:00", "grader": 1, "round": 0}, "title": "Add OD"}','77a5057c7994abaa061aec2765516ecb49224cff352be2dcf9a599d02315016e');
INSERT INTO "audit" VALUES(9,'2026-12-01T01:18:36.286204+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0d6692b55d854f99bb54f190a6f6a63e", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','a0ae5d0a0c19af1b16c20802534003698725eb4c02db5e80e985739ff92e80c0');
INSERT INTO "audit" VALUES(10,'2026-12-01T01:18:36.371562+00:00','Ada','undo','image:1/grading:1','{"edit": 9}','bd2806957d671ba4b206b9e0df3752458b0a4cb473802ecb271c7625919e18de');
INSERT INTO "audit" VALUES(11,'2026-12-01T01:18:36.417615+00:00','Ada','redo','image:1/grading:1','{"edit": 9}','1542326820e323473fefee8df2f4227a9a661a259fe2466d0fb748f8f8258705');
INSERT INTO "audit" VALUES(12,'2026-12-01T01:18:36.473481+00:00','Ada','edit','image:1/grading:1','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "c39928b7b98b46548af5fd98b9ff1b6d", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 30.0, "y": 20.0}, "id": "c39928b7b98b46548af5fd98b9ff1b6d", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','92031449bd3425c683156e329b71587a9dcfa987a581893d4229d08f539188f6');
INSERT INTO "audit" VALUES(13,'2026-12-01T01:18:36.528858+00:00','Ada','edit','image:1/grading:1','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','d9bb608b736340aed3e16bf96092f64cf0978a0df9285a47b5eb779407ee7aa3');
INSERT INTO "audit" VALUES(14,'2026-12-01T01:18:36.586811+00:00','Ada','edit','image:1/grading:1','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','b159c0e8cd8243a25d67a0ed30bb3428bb6a7437d4034293239b5666108a9e3b');
INSERT INTO "audit" VALUES(15,'2026-12-01T01:18:36.722374+00:00','Ada','submit','image:1/grading:1','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "c39928b7b98b46548af5fd98b9ff1b6d", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "0d6692b55d854f99bb54f190a6f6a63e", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:18:36.644142+00:00", "meaning": "These labels were read from files.", "name": "Ada"}}','2301671aed3fd99c98ccdd9422f0c3db8df56e5f86757967012025176ebbe673');
INSERT INTO "audit" VALUES(16,'2026-12-01T01:18:36.778669+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "975e19a01305418d8b64879e1c5c0b34", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 2, "created": "2026-12-01T01:18:36.777915+00:00", "grader": 2, "round": 0}, "title": "Add OD"}','62ea0509d20fb33544adc82e6d3bf3b233931506046a16494ed70cf1bb94d079');
INSERT INTO "audit" VALUES(17,'2026-12-01T01:18:36.844310+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "6a88bba6364a4ebf8f00a683b5baf822", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','d50f6fa5f862111cd7534a811cdda25ed045af97186267642c5fe0114384091e');
INSERT INTO "audit" VALUES(18,'2026-12-01T01:18:36.856734+00:00','Ben','undo','image:1/grading:2','{"edit": 17}','6a29fe7120691f390709627d429c1742f0580eee32756226c330327681e8d3f7');
INSERT INTO "audit" VALUES(19,'2026-12-01T01:18:36.894784+00:00','Ben','redo','image:1/grading:2','{"edit": 17}','2c2f81c63b1e33a2147d249c5e5532d1179cc23d0095a653f87658a503d7951f');
INSERT INTO "audit" VALUES(20,'2026-12-01T01:18:36.918314+00:00','Ben','edit','image:1/grading:2','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "975e19a01305418d8b64879e1c5c0b34", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 31.0, "y": 20.0}, "id": "975e19a01305418d8b64879e1c5c0b34", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','4b5b15c07de7a19c026033cbf105cfb22cfa21779e1c33d790bcf6a9e5f8bcea');
INSERT INTO "audit" VALUES(21,'2026-12-01T01:18:36.974855+00:00','Ben','edit','image:1/grading:2','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','a08d053a58f2e7d9d00c6983a82dd9dc887778b925e5278afe04c4d173ba3cb0');
INSERT INTO "audit" VALUES(22,'2026-12-01T01:18:37.008945+00:00','Ben','edit','image:1/grading:2','{"after": 1, "before": null, "edit": "grade", "scale": "dr"}','f758b42d148c1ba5f5e8c1425699143c325ab197efa41d3ed944e2749669f269');
INSERT INTO "audit" VALUES(23,'2026-12-01T01:18:37.034639+00:00','Ben','submit','image:1/grading:2','{"absent": [], "comment": "", "grades": {"dr": 1, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "975e19a01305418d8b64879e1c5c0b34", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "6a88bba6364a4ebf8f00a683b5baf822", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:18:37.033423+00:00", "meaning": "These labels were read from files.", "name": "Ben"}}','fcc2897748048d62d2417bd24540d3e51d95284e5e7b4d3f4f301871e7e72062');
INSERT INTO "audit" VALUES(24,'2026-12-01T01:18:37.090540+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "46de49b714e54445b070f9bccea7044a", "label": "OD", "origin": "drawn"}], "before": [], "edit": "shapes", "started": {"assignment": 3, "created": "2026-12-01T01:18:37.089832+00:00", "grader": 3, "round": 0}, "title": "Add OD"}','3e4c4cf51f228d2168765a9d6a2dc046c871c9511d2ad89adfa5705316ce667e');
INSERT INTO "audit" VALUES(25,'2026-12-01T01:18:37.152611+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "100e1cac3c0e4d068bb12e0e30a949db", "label": "MA", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add MA"}','5008b491a1de9b71946558862add83ba6ca7e1fa82510097aa44ae2c2d9c7691');
INSERT INTO "audit" VALUES(26,'2026-12-01T01:18:37.205245+00:00','Cleo','undo','image:1/grading:3','{"edit": 25}','4c3a19f329b3aeef69038045fb58d90f8fc8c9348c2a24ba086a57661be4643d');
INSERT INTO "audit" VALUES(27,'2026-12-01T01:18:37.227521+00:00','Cleo','redo','image:1/grading:3','{"edit": 25}','7300b77f0902064850937843aa6ae31c62200993a0be9c48035f6b227c07ef88');
INSERT INTO "audit" VALUES(28,'2026-12-01T01:18:37.248178+00:00','Cleo','edit','image:1/grading:3','{"after": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "46de49b714e54445b070f9bccea7044a", "label": "OD", "origin": "drawn"}], "before": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 32.0, "y": 20.0}, "id": "46de49b714e54445b070f9bccea7044a", "label": "OD", "origin": "drawn"}], "edit": "shapes", "title": "Change OD"}','4d36fe56f6dc298ea0a15623b65754a9ee8965c8fa53707f86bb840584ccf5f8');
INSERT INTO "audit" VALUES(29,'2026-12-01T01:18:37.284882+00:00','Cleo','edit','image:1/grading:3','{"after": "good", "before": null, "edit": "grade", "scale": "gradability"}','5bbc3cd6be5e81a0c04de89ed800e9bc91f0da45d9311d9735a5d65dbdcf3c2f');
INSERT INTO "audit" VALUES(30,'2026-12-01T01:18:37.314608+00:00','Cleo','edit','image:1/grading:3','{"after": 2, "before": null, "edit": "grade", "scale": "dr"}','70a25e82def5790e154fae9e064cf56cf65ac1e80f96b3f154387fc7e3d0f7bd');
INSERT INTO "audit" VALUES(31,'2026-12-01T01:18:37.338310+00:00','Cleo','submit','image:1/grading:3','{"absent": [], "comment": "", "grades": {"dr": 2, "gradability": "good"}, "shapes": [{"geometry": {"a": 9.0, "angle": 0.0, "b": 8.0, "kind": "ellipse", "x": 33.0, "y": 20.0}, "id": "46de49b714e54445b070f9bccea7044a", "label": "OD", "origin": "drawn"}, {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "100e1cac3c0e4d068bb12e0e30a949db", "label": "MA", "origin": "drawn"}], "signature": {"at": "2026-12-01T01:18:37.337117+00:00", "meaning": "These labels were read from files.", "name": "Cleo"}}','a34655d4dfd641cdfc9be22139f3abce8fa2b3430c820a7e4612569e2a40c14a');
INSERT INTO "audit" VALUES(32,'2026-12-01T01:18:37.430071+00:00','Ada','edit','image:2/grading:4','{"after": "blurred at the edge", "before": "", "edit": "comment", "started": {"assignment": 4, "created": "2026-12-01T01:18:37.429408+00:00", "grader": 1, "round": 0}}','27aa3325cf8ad5f4bc1f83f67af6af867aaf61c53bcdd2e687e18ca0e8c84bf2');
INSERT INTO "audit" VALUES(33,'2026-12-01T01:18:37.485310+00:00','Ada','edit','image:2/grading:4','{"after": [{"geometry": {"kind": "point", "x": 20.0, "y": 21.0}, "id": "3e646abbbff64e31bbbef6d9e4a333d2", "label": "fovea", "origin": "drawn"}], "before": [], "edit": "shapes", "title": "Add fovea"}','7fd05975c76845175e5024e7dc579467f59c6ae0f5bfc7d0b020153dd801129f');
INSERT INTO "audit" VALUES(34,'2026-12-01T01:18:38.905382+00:00','system','vote','image:1','{"agreement": "5e0fcaf67663576896fd4728879c57d7c4c6efd2b2faf785d6c4af66f1cae2ef", "basis": "db9f81c2168f372885863eabb28ff0caece7e8eff1cbcf33f79b0dae94671b1f", "before": null, "outcome": "5b2dbda9815ee09490c874f2fb7d103d00faa270b1807400d954cffe20e4e90e", "settled": "2026-12-01T01:18:38.866733+00:00", "state": "settled"}','1cabb437ada821f5f508de9eab6755c1386f9190bf4d108652d4c8f333b92a90');
INSERT INTO "audit" VALUES(35,'2026-12-01T01:18:38.980971+00:00','Ada','set','setting:required_grades','{"before": null, "value": ["dr"]}','9e606481ae94a6aa9d4c358997b46faf4ed6d84f58aa56b2c642354290f422cd');
CREATE TABLE certification (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	marks TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE certification_image (
	certification_id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	reference TEXT NOT NULL, 
	PRIMARY KEY (certification_id, image_id), 
	FOREIGN KEY(certification_id) REFERENCES certification (id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
CREATE TABLE certification_result (
	id INTEGER NOT NULL, 
	certification_id INTEGER NOT NULL, 
	grader_id INTEGER NOT NULL, 
	passed BOOLEAN NOT NULL, 
	scores TEXT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(certification_id) REFERENCES certification (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id)
);
CREATE TABLE consensus (
	image_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	outcome TEXT NOT NULL, 
	settled VARCHAR(40) NOT NULL, basis VARCHAR(64) DEFAULT '' NOT NULL, agreement TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (image_id), 
	FOREIGN KEY(image_id) REFERENCES image (id)
);
INSERT INTO "consensus" VALUES(1,'settled','{"grades": {"dr": 1, "gradability": "good"}, "items": [], "labels": {"CWS": "none", "FiP": "none", "HaEx": "none", "MA": "mask", "NV": "none", "OD": "mask", "iHE": "none", "pHE": "none", "vHE": "none"}, "point_rules": {}, "points": {}, "reasons": [], "shapes": [{"compliant": true, "members": {"Ada": ["0d6692b55d854f99bb54f190a6f6a63e"], "Ben": ["6a88bba6364a4ebf8f00a683b5baf822"], "Cleo": ["100e1cac3c0e4d068bb12e0e30a949db"]}, "note": "", "rule": "3/3", "shape": {"geometry": {"a": 2.0, "angle": 0.0, "b": 2.0, "kind": "ellipse", "x": 10.0, "y": 10.0}, "id": "consensus-64e9c68c3e46", "label": "MA", "origin": "consensus"}}, {"compliant": true, "members": {"Ada": ["c39928b7b98b46548af5fd98b9ff1b6d"], "Ben": ["975e19a01305418d8b64879e1c5c0b34"], "Cleo": ["46de49b714e54445b070f9bccea7044a"]}, "note": "", "rule": "majority", "shape": {"geometry": {"kind": "polygon", "points": [[28.5, 27.0], [27.5, 27.0], [26.5, 26.0], [25.5, 26.0], [25.0, 25.5], [25.0, 24.5], [23.0, 22.5], [23.0, 17.5], [25.0, 15.5], [25.0, 14.5], [25.5, 14.0], [26.5, 14.0], [27.5, 13.0], [28.5, 13.0], [29.5, 12.0], [34.5, 12.0], [35.5, 13.0], [36.5, 13.0], [37.5, 14.0], [38.5, 14.0], [39.0, 14.5], [39.0, 15.5], [41.0, 17.5], [41.0, 22.5], [39.0, 24.5], [39.0, 25.5], [38.5, 26.0], [37.5, 26.0], [36.5, 27.0], [35.5, 27.0], [34.5, 28.0], [29.5, 28.0]]}, "id": "consensus-84bea6589d15", "label": "OD", "origin": "consensus"}}], "state": "settled", "votes": {"dr": {"Ada": 1, "Ben": 1, "Cleo": 2}, "gradability": {"Ada": "good", "Ben": "good", "Cleo": "good"}}}','2026-12-01T01:18:38.866733+00:00','db9f81c2168f372885863eabb28ff0caece7e8eff1cbcf33f79b0dae94671b1f','{"graders": {"Ada": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 0.9298245614035088, "extra": 0, "found": 1, "iou": 0.8688524590163934, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}, "Ben": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}, "Cleo": {"CWS": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "FiP": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "HaEx": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "MA": {"dice": 1.0, "extra": 0, "found": 1, "iou": 1.0, "missed": 0}, "NV": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "OD": {"dice": 0.9298245614035088, "extra": 0, "found": 1, "iou": 0.8688524590163934, "missed": 0}, "iHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "pHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}, "vHE": {"dice": 1.0, "extra": 0, "found": 0, "iou": 1.0, "missed": 0}}}, "pairs": [["Ada", "Ben", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.9298245614035088, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}], ["Ada", "Cleo", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.8596491228070176, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}], ["Ben", "Cleo", {"CWS": 1.0, "FiP": 1.0, "HaEx": 1.0, "MA": 1.0, "NV": 1.0, "OD": 0.9298245614035088, "iHE": 1.0, "pHE": 1.0, "vHE": 1.0}]], "points": {"Ada": {}, "Ben": {}, "Cleo": {}}}');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	item VARCHAR(120) NOT NULL, 
	action VARCHAR(20) NOT NULL, 
	detail TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	grader_id INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	FOREIGN KEY(grader_id) REFERENCES grader (id)
);
CREATE TABLE edit (
	id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	sequence INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	audit_id INTEGER NOT NULL, token VARCHAR(32), 
	PRIMARY KEY (id), 
	FOREIGN KEY(audit_id) REFERENCES audit (id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "edit" VALUES(1,1,1,'applied',8,NULL);
INSERT INTO "edit" VALUES(2,1,2,'applied',9,NULL);
INSERT INTO "edit" VALUES(3,1,3,'applied',12,NULL);
INSERT INTO "edit" VALUES(4,1,4,'applied',13,NULL);
INSERT INTO "edit" VALUES(5,1,5,'applied',14,NULL);
INSERT INTO "edit" VALUES(6,2,1,'applied',16,NULL);
INSERT INTO "edit" VALUES(7,2,2,'applied',17,NULL);
INSERT INTO "edit" VALUES(8,2,3,'applied',20,NULL);
INSERT INTO "edit" VALUES(9,2,4,'applied',21,NULL);
INSERT INTO "edit" VALUES(10,2,5,'applied',22,NULL);
INSERT INTO "edit" VALUES(11,3,1,'applied',24,NULL);
INSERT INTO "edit" VALUES(12,3,2,'applied',25,NULL);
INSERT INTO "edit" VALUES(13,3,3,'applied',28,NULL);
INSERT INTO "edit" VALUES(14,3,4,'applied',29,NULL);
INSERT INTO "edit" VALUES(15,3,5,'applied',30,NULL);
INSERT INTO "edit" VALUES(16,4,1,'applied',32,NULL);
INSERT INTO "edit" VALUES(17,4,2,'applied',33,NULL);
CREATE TABLE grader (
	id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, passphrase VARCHAR(200) DEFAULT '' NOT NULL, joined VARCHAR(40) DEFAULT '' NOT NULL, "left" VARCHAR(40), 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "grader" VALUES(1,'Ada','grader','','2026-12-01T01:18:35.706240+00:00',NULL);
INSERT INTO "grader" VALUES(2,'Ben','grader','','2026-12-01T01:18:35.857058+00:00',NULL);
INSERT INTO "grader" VALUES(3,'Cleo','grader','','2026-12-01T01:18:35.956759+00:00',NULL);
INSERT INTO "grader" VALUES(4,'Weber','adjudicator','','2026-12-01T01:18:36.004732+00:00',NULL);
CREATE TABLE grading (
	id INTEGER NOT NULL, 
	assignment_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	grades TEXT NOT NULL, 
	absent TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	submitted VARCHAR(40), signature TEXT DEFAULT '' NOT NULL, revealed VARCHAR(40), 
	PRIMARY KEY (id), 
	FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	UNIQUE (assignment_id, version)
);
INSERT INTO "grading" VALUES(1,1,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:18:36.095424+00:00','2026-12-01T01:18:36.644142+00:00','{"at": "2026-12-01T01:18:36.644142+00:00", "meaning": "These labels were read from files.", "name": "Ada"}',NULL);
INSERT INTO "grading" VALUES(2,2,1,'{"gradability": "good", "dr": 1}','[]','','2026-12-01T01:18:36.777915+00:00','2026-12-01T01:18:37.033423+00:00','{"at": "2026-12-01T01:18:37.033423+00:00", "meaning": "These labels were read from files.", "name": "Ben"}',NULL);
INSERT INTO "grading" VALUES(3,3,1,'{"gradability": "good", "dr": 2}','[]','','2026-12-01T01:18:37.089832+00:00','2026-12-01T01:18:37.337117+00:00','{"at": "2026-12-01T01:18:37.337117+00:00", "meaning": "These labels were read from files.", "name": "Cleo"}',NULL);
INSERT INTO "grading" VALUES(4,4,1,'{}','[]','blurred at the edge','2026-12-01T01:18:37.429408+00:00',NULL,'',NULL);
CREATE TABLE image (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	file VARCHAR(100) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	source_sha256 VARCHAR(64) NOT NULL, 
	modality VARCHAR(10) NOT NULL, 
	eye VARCHAR(2) NOT NULL, 
	patient VARCHAR(40) NOT NULL, 
	split VARCHAR(10) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	imported VARCHAR(40) NOT NULL, spacing_x DOUBLE, spacing_y DOUBLE, acquired VARCHAR(10) DEFAULT '' NOT NULL, volume VARCHAR(40) DEFAULT '' NOT NULL, bscan INTEGER DEFAULT '0' NOT NULL, bscans INTEGER DEFAULT '0' NOT NULL, source_name VARCHAR(64) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	UNIQUE (source_sha256)
);
INSERT INTO "image" VALUES(1,'p1_OD','10/1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5.png','1076f0daef75cb9b1a23d97319231e8ce7fd57b129d4b5cef38c4fe3b480bea5','ab3d3132581e8c185dc0c6dcaf1b39e14163475d2e5fa49aa205b0522c1d0e38','fundus','OD','P-254142a6ea9b','',60,40,'2026-12-01T01:18:35.564015+00:00',NULL,NULL,'','',0,0,'');
INSERT INTO "image" VALUES(2,'p1_OS','b8/b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3.png','b80af6f11611819f4d75eb5b14d43b6983138c2fa1113656ac477cc059443ba3','69d61d5ac16caa9aa05e5b8ba322730a98ac991ae91b7fd1d1462542cc137b54','fundus','OS','P-254142a6ea9b','',60,40,'2026-12-01T01:18:35.564305+00:00',NULL,NULL,'','',0,0,'');
CREATE TABLE patient_split (
	patient VARCHAR(40) NOT NULL, 
	split VARCHAR(10) NOT NULL, 
	decided VARCHAR(40) NOT NULL, 
	PRIMARY KEY (patient)
);
CREATE TABLE proposal (
	id INTEGER NOT NULL, 
	image_id INTEGER NOT NULL, 
	model VARCHAR(20) NOT NULL, 
	weights_hash VARCHAR(64) NOT NULL, 
	shapes TEXT NOT NULL, 
	scores TEXT NOT NULL, 
	grades TEXT NOT NULL, 
	cam BLOB, 
	seconds DOUBLE NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(image_id) REFERENCES image (id), 
	UNIQUE (image_id, model, weights_hash)
);
CREATE TABLE rejection (
	proposal_id INTEGER NOT NULL, 
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (proposal_id, grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id), 
	FOREIGN KEY(proposal_id) REFERENCES proposal (id)
);
CREATE TABLE setting (
	"key" VARCHAR(50) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('required_grades','["dr"]');
CREATE TABLE shape (
	grading_id INTEGER NOT NULL, 
	shape_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	label VARCHAR(20) NOT NULL, 
	form TEXT NOT NULL, 
	PRIMARY KEY (grading_id, shape_id), 
	FOREIGN KEY(grading_id) REFERENCES grading (id)
);
INSERT INTO "shape" VALUES(1,'c39928b7b98b46548af5fd98b9ff1b6d',1,'OD','{"id": "c39928b7b98b46548af5fd98b9ff1b6d", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 31.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(1,'0d6692b55d854f99bb54f190a6f6a63e',2,'MA','{"id": "0d6692b55d854f99bb54f190a6f6a63e", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'975e19a01305418d8b64879e1c5c0b34',1,'OD','{"id": "975e19a01305418d8b64879e1c5c0b34", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 32.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(2,'6a88bba6364a4ebf8f00a683b5baf822',2,'MA','{"id": "6a88bba6364a4ebf8f00a683b5baf822", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'46de49b714e54445b070f9bccea7044a',1,'OD','{"id": "46de49b714e54445b070f9bccea7044a", "label": "OD", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 33.0, "y": 20.0, "a": 9.0, "b": 8.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(3,'100e1cac3c0e4d068bb12e0e30a949db',2,'MA','{"id": "100e1cac3c0e4d068bb12e0e30a949db", "label": "MA", "origin": "drawn", "geometry": {"kind": "ellipse", "x": 10.0, "y": 10.0, "a": 2.0, "b": 2.0, "angle": 0.0}}');
INSERT INTO "shape" VALUES(4,'3e646abbbff64e31bbbef6d9e4a333d2',1,'fovea','{"id": "3e646abbbff64e31bbbef6d9e4a333d2", "label": "fovea", "origin": "drawn", "geometry": {"kind": "point", "x": 20.0, "y": 21.0}}');
CREATE TABLE study (
	id VARCHAR(32) NOT NULL, 
	created VARCHAR(40) NOT NULL, 
	software_version VARCHAR(40) NOT NULL, 
	pseudonym_key VARCHAR(64) NOT NULL, 
	audit_head VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "study" VALUES('aa6dcffc6dda447d8e788f9ebbe2e260','2026-12-01T01:18:34.818312+00:00','0.1.0','416cdcb85ec0182dc46468dfb8ca422adcb5b01a52d9d16623113aadc6ad41ca','9e606481ae94a6aa9d4c358997b46faf4ed6d84f58aa56b2c642354290f422cd');
CREATE INDEX ix_edit_grading ON edit (grading_id, sequence);
CREATE INDEX ix_shape_position ON shape (grading_id, position);
CREATE INDEX ix_image_source_name ON image (source_name);
CREATE UNIQUE INDEX ix_edit_token ON edit (token);
CREATE INDEX ix_assignment_grader_id ON assignment (grader_id);
CREATE INDEX ix_decision_image_id ON decision (image_id);
COMMIT;
