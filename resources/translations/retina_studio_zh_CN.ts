<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>RetinaStudio</name>
  <message>
   <source>Image</source>
   <translation>图像</translation>
  </message>
  <message>
   <source>Previous image</source>
   <translation>上一幅图像</translation>
  </message>
  <message>
   <source>Go to the previous image of the worklist</source>
   <translation>转到工作列表中的上一幅图像</translation>
  </message>
  <message>
   <source>Next image</source>
   <translation>下一幅图像</translation>
  </message>
  <message>
   <source>Go to the next image of the worklist</source>
   <translation>转到工作列表中的下一幅图像</translation>
  </message>
  <message>
   <source>Submit grading</source>
   <translation>提交判读</translation>
  </message>
  <message>
   <source>Hand in this grading</source>
   <translation>提交本次判读</translation>
  </message>
  <message>
   <source>Reopen grading</source>
   <translation>重新打开判读</translation>
  </message>
  <message>
   <source>Open a submitted grading again, as a new version</source>
   <translation>将已提交的判读作为新版本重新打开</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <source>Close the window; everything is saved already</source>
   <translation>关闭窗口；所有内容均已保存</translation>
  </message>
  <message>
   <source>Edit</source>
   <translation>编辑</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <source>Take the last edit back</source>
   <translation>撤销上一步编辑</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>重做</translation>
  </message>
  <message>
   <source>Make the undone edit again</source>
   <translation>重做被撤销的编辑</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>删除</translation>
  </message>
  <message>
   <source>Delete the selected shapes, or the vertex under the pointer</source>
   <translation>删除所选形状，或指针下的顶点</translation>
  </message>
  <message>
   <source>Select all shapes</source>
   <translation>选择全部形状</translation>
  </message>
  <message>
   <source>Select every visible shape</source>
   <translation>选择所有可见形状</translation>
  </message>
  <message>
   <source>Draw</source>
   <translation>绘制</translation>
  </message>
  <message>
   <source>Select</source>
   <translation>选择</translation>
  </message>
  <message>
   <source>Select, move, resize and turn shapes</source>
   <translation>选择、移动、缩放和旋转形状</translation>
  </message>
  <message>
   <source>Ellipse</source>
   <translation>椭圆</translation>
  </message>
  <message>
   <source>Drag an ellipse; Shift: circle, Alt: from the centre, Ctrl: long axis, then width</source>
   <translation>拖动绘制椭圆；Shift：正圆，Alt：从中心开始，Ctrl：先长轴后宽度</translation>
  </message>
  <message>
   <source>Polygon</source>
   <translation>多边形</translation>
  </message>
  <message>
   <source>Click vertices, or drag freehand; Enter or a double click closes; with Alt a hole</source>
   <translation>逐点单击或自由拖动；Enter 或双击闭合；按住 Alt 绘制孔洞</translation>
  </message>
  <message>
   <source>Point</source>
   <translation>点</translation>
  </message>
  <message>
   <source>Set a point</source>
   <translation>放置一个点</translation>
  </message>
  <message>
   <source>Brush</source>
   <translation>画笔</translation>
  </message>
  <message>
   <source>Paint on the selected shape, or a new one of the current label</source>
   <translation>在所选形状上涂画，或以当前标签新建形状</translation>
  </message>
  <message>
   <source>Eraser</source>
   <translation>橡皮擦</translation>
  </message>
  <message>
   <source>Carve the selected shapes, or else those of the current label</source>
   <translation>擦除所选形状，未选择时擦除当前标签的形状</translation>
  </message>
  <message>
   <source>Knife</source>
   <translation>切割</translation>
  </message>
  <message>
   <source>Split a shape along a line</source>
   <translation>沿一条线分割形状</translation>
  </message>
  <message>
   <source>Magic wand</source>
   <translation>魔棒</translation>
  </message>
  <message>
   <source>Click to take the area of like colour; drag for more or less</source>
   <translation>单击选取颜色相近的区域；拖动以增减范围</translation>
  </message>
  <message>
   <source>Ruler</source>
   <translation>标尺</translation>
  </message>
  <message>
   <source>Drag to measure in pixels, disc diameters and millimetres; Esc takes it away</source>
   <translation>拖动测量像素、视盘直径和毫米；Esc 取消</translation>
  </message>
  <message>
   <source>View</source>
   <translation>视图</translation>
  </message>
  <message>
   <source>Fit image</source>
   <translation>适合窗口</translation>
  </message>
  <message>
   <source>Show the whole image</source>
   <translation>显示整幅图像</translation>
  </message>
  <message>
   <source>Actual size</source>
   <translation>实际大小</translation>
  </message>
  <message>
   <source>One image pixel to one screen pixel</source>
   <translation>一个图像像素对应一个屏幕像素</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>放大</translation>
  </message>
  <message>
   <source>Show the image larger</source>
   <translation>放大显示图像</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>缩小</translation>
  </message>
  <message>
   <source>Show the image smaller</source>
   <translation>缩小显示图像</translation>
  </message>
  <message>
   <source>Hide shapes</source>
   <translation>隐藏形状</translation>
  </message>
  <message>
   <source>Hide all shapes to see the bare image</source>
   <translation>隐藏所有形状，查看原始图像</translation>
  </message>
  <message>
   <source>Show the CAM</source>
   <translation>显示 CAM</translation>
  </message>
  <message>
   <source>Show where the model looked</source>
   <translation>显示模型关注的区域</translation>
  </message>
  <message>
   <source>Proposals</source>
   <translation>建议</translation>
  </message>
  <message>
   <source>Accept proposal</source>
   <translation>接受建议</translation>
  </message>
  <message>
   <source>Take the chosen proposal into the grading</source>
   <translation>将所选建议纳入判读</translation>
  </message>
  <message>
   <source>Accept and edit</source>
   <translation>接受并编辑</translation>
  </message>
  <message>
   <source>Take the chosen proposal into the grading and correct it</source>
   <translation>将所选建议纳入判读并加以修正</translation>
  </message>
  <message>
   <source>Reject proposal</source>
   <translation>拒绝建议</translation>
  </message>
  <message>
   <source>Refuse the chosen proposal</source>
   <translation>拒绝所选建议</translation>
  </message>
  <message>
   <source>Accept all proposals</source>
   <translation>接受全部建议</translation>
  </message>
  <message>
   <source>Take every open proposal into the grading</source>
   <translation>将所有待定建议纳入判读</translation>
  </message>
  <message>
   <source>Study</source>
   <translation>研究</translation>
  </message>
  <message>
   <source>Help</source>
   <translation>帮助</translation>
  </message>
  <message>
   <source>Wheel</source>
   <translation>滚轮</translation>
  </message>
  <message>
   <source>Zoom to the pointer</source>
   <translation>以指针为中心缩放</translation>
  </message>
  <message>
   <source>Middle button, or Space and drag</source>
   <translation>中键，或空格键加拖动</translation>
  </message>
  <message>
   <source>Move the image</source>
   <translation>移动图像</translation>
  </message>
  <message>
   <source>Two fingers on a trackpad</source>
   <translation>触控板双指</translation>
  </message>
  <message>
   <source>Move the image; pinch, or hold Ctrl, to zoom</source>
   <translation>移动图像；捏合或按住 Ctrl 缩放</translation>
  </message>
  <message>
   <source>Drag with the right button</source>
   <translation>右键拖动</translation>
  </message>
  <message>
   <source>Contrast and brightness, or a scan's grey window</source>
   <translation>对比度和亮度，或扫描的灰度窗</translation>
  </message>
  <message>
   <source>Shift click</source>
   <translation>Shift 加单击</translation>
  </message>
  <message>
   <source>Add a shape to the selection, or take it out</source>
   <translation>将形状加入选择，或从选择中移除</translation>
  </message>
  <message>
   <source>Drag on empty ground (Ctrl: anywhere)</source>
   <translation>在空白处拖动（Ctrl：任意位置）</translation>
  </message>
  <message>
   <source>Select with a rubber band</source>
   <translation>框选</translation>
  </message>
  <message>
   <source>Shift while drawing or resizing</source>
   <translation>绘制或缩放时按住 Shift</translation>
  </message>
  <message>
   <source>Circle, or keep the ratio; turn in steps of 15°</source>
   <translation>正圆或保持比例；以 15° 为步长旋转</translation>
  </message>
  <message>
   <source>Alt while drawing or resizing</source>
   <translation>绘制或缩放时按住 Alt</translation>
  </message>
  <message>
   <source>From the centre</source>
   <translation>从中心开始</translation>
  </message>
  <message>
   <source>Ctrl drag with the ellipse</source>
   <translation>用椭圆工具按住 Ctrl 拖动</translation>
  </message>
  <message>
   <source>Its long axis; then move and click for the width</source>
   <translation>先画长轴，再移动并单击确定宽度</translation>
  </message>
  <message>
   <source>Alt with the polygon</source>
   <translation>多边形工具加 Alt</translation>
  </message>
  <message>
   <source>Draw a hole in the shape around it</source>
   <translation>在外围形状中绘制孔洞</translation>
  </message>
  <message>
   <source>[ and ], or Ctrl and wheel</source>
   <translation>[ 和 ]，或 Ctrl 加滚轮</translation>
  </message>
  <message>
   <source>Size of the brush, tolerance of the wand</source>
   <translation>画笔大小、魔棒容差</translation>
  </message>
  <message>
   <source>Drag with the wand</source>
   <translation>用魔棒拖动</translation>
  </message>
  <message>
   <source>To the right takes more, to the left less</source>
   <translation>向右扩大，向左缩小</translation>
  </message>
  <message>
   <source>Shift or Alt with the wand</source>
   <translation>魔棒加 Shift 或 Alt</translation>
  </message>
  <message>
   <source>Add to the selected shape, or take away from it</source>
   <translation>并入所选形状，或从中减去</translation>
  </message>
  <message>
   <source>Double click or Alt click on an edge</source>
   <translation>在边上双击或 Alt 加单击</translation>
  </message>
  <message>
   <source>Insert a vertex</source>
   <translation>插入顶点</translation>
  </message>
  <message>
   <source>Alt click on a vertex</source>
   <translation>Alt 加单击顶点</translation>
  </message>
  <message>
   <source>Delete it</source>
   <translation>删除该顶点</translation>
  </message>
  <message>
   <source>Shift click on vertices, or Ctrl and drag around them</source>
   <translation>Shift 加单击顶点，或按住 Ctrl 框选</translation>
  </message>
  <message>
   <source>Select vertices to move or delete together</source>
   <translation>选择多个顶点，一起移动或删除</translation>
  </message>
  <message>
   <source>Arrows, Enter and Esc with the crosshair</source>
   <translation>使用十字线时的方向键、Enter 和 Esc</translation>
  </message>
  <message>
   <source>Move it (Shift: far, Ctrl: one pixel), set points or begin and end a shape, leave</source>
   <translation>移动（Shift：大步，Ctrl：一个像素）、放点或开始与结束形状、离开</translation>
  </message>
  <message>
   <source>Arrows (Shift: 10 pixels)</source>
   <translation>方向键（Shift：10 像素）</translation>
  </message>
  <message>
   <source>Nudge the selection</source>
   <translation>微移所选形状</translation>
  </message>
  <message>
   <source>Alt+Left and Alt+Right (Shift: 15°)</source>
   <translation>Alt+左 和 Alt+右（Shift：15°）</translation>
  </message>
  <message>
   <source>Turn the selection</source>
   <translation>旋转所选形状</translation>
  </message>
  <message>
   <source>Alt+Up and Alt+Down (Shift: 10 pixels)</source>
   <translation>Alt+上 和 Alt+下（Shift：10 像素）</translation>
  </message>
  <message>
   <source>Grow or shrink the selection</source>
   <translation>放大或缩小所选形状</translation>
  </message>
  <message>
   <source>Enter, double click, or the first vertex</source>
   <translation>Enter、双击，或单击第一个顶点</translation>
  </message>
  <message>
   <source>Close a polygon</source>
   <translation>闭合多边形</translation>
  </message>
  <message>
   <source>Tab with proposals on the image</source>
   <translation>Tab（图像上有建议时）</translation>
  </message>
  <message>
   <source>Review them one by one: A accepts, R rejects, E edits, F refines, Esc leaves</source>
   <translation>逐个审阅：A 接受，R 拒绝，E 编辑，F 精修，Esc 退出</translation>
  </message>
  <message>
   <source>Shift+A or Shift+R under review</source>
   <translation>Shift+A 或 Shift+R（审阅时）</translation>
  </message>
  <message>
   <source>Accept or reject all proposals of the label</source>
   <translation>接受或拒绝该标签的全部建议</translation>
  </message>
  <message>
   <source>Click, or right click, while refining</source>
   <translation>单击或右键单击（精修时）</translation>
  </message>
  <message>
   <source>This belongs to the shape, or does not</source>
   <translation>此处属于该形状，或不属于</translation>
  </message>
  <message>
   <source>Backspace, or Ctrl+Z while drawing</source>
   <translation>绘制时按 Backspace 或 Ctrl+Z</translation>
  </message>
  <message>
   <source>Take the last vertex back</source>
   <translation>撤回最后一个顶点</translation>
  </message>
  <message>
   <source>Esc</source>
   <translation>Esc</translation>
  </message>
  <message>
   <source>Give up what is under way, or let the selection go</source>
   <translation>放弃正在进行的操作，或取消选择</translation>
  </message>
  <message>
   <source>Draw {label}</source>
   <translation>绘制{label}</translation>
  </message>
  <message>
   <source>Recovered {count} edits that had not reached the study's server when the program ended.</source>
   <translation>已恢复 {count} 次编辑：上次程序结束时尚未到达本研究的服务器。</translation>
  </message>
  <message>
   <source>Recovered 1 edit that had not reached the study's server when the program ended.</source>
   <translation>已恢复 1 次编辑：上次程序结束时尚未到达本研究的服务器。</translation>
  </message>
  <message>
   <source>Keep the first reading</source>
   <translation>采用第一份判读</translation>
  </message>
  <message>
   <source>Keep the second reading</source>
   <translation>采用第二份判读</translation>
  </message>
  <message>
   <source>Keep the third reading</source>
   <translation>采用第三份判读</translation>
  </message>
  <message>
   <source>Keep the fourth reading</source>
   <translation>采用第四份判读</translation>
  </message>
  <message>
   <source>Keep the fifth reading</source>
   <translation>采用第五份判读</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>图像</translation>
  </message>
  <message>
   <source>Go to the next image of the list</source>
   <translation>转到列表中的下一幅图像</translation>
  </message>
  <message>
   <source>Go to the previous image of the list</source>
   <translation>转到列表中的上一幅图像</translation>
  </message>
  <message>
   <source>Next open image</source>
   <translation>下一幅待裁定图像</translation>
  </message>
  <message>
   <source>Go to the next image with something open</source>
   <translation>转到下一幅仍有未决内容的图像</translation>
  </message>
  <message>
   <source>Go on by itself</source>
   <translation>自动前进</translation>
  </message>
  <message>
   <source>When an image is settled, go to the next open one after a moment</source>
   <translation>一幅图像裁定完毕后，稍候自动转到下一幅待裁定图像</translation>
  </message>
  <message>
   <source>Return to a grader …</source>
   <translation>退回给判读者 …</translation>
  </message>
  <message>
   <source>Send a grading back for correction, with a comment</source>
   <translation>将判读连同意见退回修改</translation>
  </message>
  <message>
   <source>Load again</source>
   <translation>重新加载</translation>
  </message>
  <message>
   <source>Load the list and the image again</source>
   <translation>重新加载列表和图像</translation>
  </message>
  <message>
   <source>Close the board</source>
   <translation>关闭仲裁台</translation>
  </message>
  <message>
   <source>Close; every decision is saved already</source>
   <translation>关闭；所有裁定均已保存</translation>
  </message>
  <message>
   <source>Item</source>
   <translation>争议项</translation>
  </message>
  <message>
   <source>Next open item</source>
   <translation>下一个未决项</translation>
  </message>
  <message>
   <source>Go to the next item to be decided</source>
   <translation>转到下一个需要裁定的争议项</translation>
  </message>
  <message>
   <source>Previous item</source>
   <translation>上一项</translation>
  </message>
  <message>
   <source>Go to the item before</source>
   <translation>转到前一个争议项</translation>
  </message>
  <message>
   <source>Keep a reading</source>
   <translation>采用某份判读</translation>
  </message>
  <message>
   <source>Keep what one reading says: then press its letter</source>
   <translation>采用其中一份判读的结果：随后按其字母</translation>
  </message>
  <message>
   <source>Drop</source>
   <translation>舍弃</translation>
  </message>
  <message>
   <source>Settle that there is nothing here</source>
   <translation>裁定此处没有病变或结构</translation>
  </message>
  <message>
   <source>Average</source>
   <translation>取平均</translation>
  </message>
  <message>
   <source>Take the mean of what was drawn</source>
   <translation>取各份所绘的平均</translation>
  </message>
  <message>
   <source>Redraw</source>
   <translation>重绘</translation>
  </message>
  <message>
   <source>Draw the item yourself</source>
   <translation>自行绘制该项</translation>
  </message>
  <message>
   <source>Withdraw the decision</source>
   <translation>撤回裁定</translation>
  </message>
  <message>
   <source>Take the decision on this item, or else the last one, back</source>
   <translation>撤回本项的裁定；若无，则撤回最近一次裁定</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>理由</translation>
  </message>
  <message>
   <source>Type or choose the reason</source>
   <translation>输入或选择理由</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>外观</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>并排</translation>
  </message>
  <message>
   <source>Show the readings side by side</source>
   <translation>并排显示各份判读</translation>
  </message>
  <message>
   <source>One at a time</source>
   <translation>逐份</translation>
  </message>
  <message>
   <source>Show one reading large; Tab goes on</source>
   <translation>放大显示一份判读；Tab 切换下一份</translation>
  </message>
  <message>
   <source>Blended</source>
   <translation>叠加</translation>
  </message>
  <message>
   <source>Show all readings in one view, each in its own colour</source>
   <translation>在同一视图中显示所有判读，各用一种颜色</translation>
  </message>
  <message>
   <source>Consensus so far</source>
   <translation>目前的共识</translation>
  </message>
  <message>
   <source>Show what is settled so far</source>
   <translation>显示目前已裁定的内容</translation>
  </message>
  <message>
   <source>Heat map</source>
   <translation>热图</translation>
  </message>
  <message>
   <source>Show where the readings disagree</source>
   <translation>显示各份判读的分歧所在</translation>
  </message>
  <message>
   <source>Red-free</source>
   <translation>无赤光</translation>
  </message>
  <message>
   <source>See a fundus photograph without red, a B-scan with more local contrast</source>
   <translation>以无赤光方式查看眼底照片，或增强 B 扫描的局部对比度</translation>
  </message>
  <message>
   <source>See the bare image</source>
   <translation>查看无标注的图像</translation>
  </message>
  <message>
   <source>Show names</source>
   <translation>显示姓名</translation>
  </message>
  <message>
   <source>Show who graded; the letters keep your decision blind</source>
   <translation>显示判读者姓名；字母代号可使裁定保持盲态</translation>
  </message>
  <message>
   <source>Go to the item</source>
   <translation>转到该项</translation>
  </message>
  <message>
   <source>Bring the item in focus into view</source>
   <translation>将当前争议项移入视野</translation>
  </message>
  <message>
   <source>Next part of the window</source>
   <translation>窗口的下一部分</translation>
  </message>
  <message>
   <source>Go from the views to the lists and back</source>
   <translation>在视图与列表之间切换</translation>
  </message>
  <message>
   <source>Keys of the board</source>
   <translation>仲裁台按键</translation>
  </message>
  <message>
   <source>List all keys</source>
   <translation>列出所有按键</translation>
  </message>
  <message>
   <source>Tab and Shift+Tab in the views</source>
   <translation>在视图中按 Tab 和 Shift+Tab</translation>
  </message>
  <message>
   <source>Next or previous view</source>
   <translation>下一个或上一个视图</translation>
  </message>
  <message>
   <source>Click on a disputed place</source>
   <translation>单击有争议的位置</translation>
  </message>
  <message>
   <source>Put that item in focus</source>
   <translation>选中该争议项</translation>
  </message>
  <message>
   <source>Drag, wheel</source>
   <translation>拖动、滚轮</translation>
  </message>
  <message>
   <source>Move and zoom all views together</source>
   <translation>所有视图同步移动和缩放</translation>
  </message>
  <message>
   <source>K, then A, B, C</source>
   <translation>K，再按 A、B、C</translation>
  </message>
  <message>
   <source>Keep that reading</source>
   <translation>采用该份判读</translation>
  </message>
  <message>
   <source>Enter and Esc in the reason</source>
   <translation>在理由框中按 Enter 和 Esc</translation>
  </message>
  <message>
   <source>Back to the views</source>
   <translation>返回视图</translation>
  </message>
  <message>
   <source>Enter and Esc while redrawing</source>
   <translation>重绘时按 Enter 和 Esc</translation>
  </message>
  <message>
   <source>Take the drawing, or give it up</source>
   <translation>采用所绘内容，或放弃</translation>
  </message>
  <message>
   <source>Mouse and more</source>
   <translation>鼠标及其他</translation>
  </message>
  <message>
   <source>Keep what this reading says of the item</source>
   <translation>采用这份判读对该项的结果</translation>
  </message>
  <message>
   <source>The item in dispute</source>
   <translation>有争议的项目</translation>
  </message>
  <message>
   <source>Settle that there is nothing here (D)</source>
   <translation>裁定此处没有病变或结构 (D)</translation>
  </message>
  <message>
   <source>Take the mean of what was drawn, shown dashed (A or V)</source>
   <translation>取各份所绘的平均，以虚线显示（A 或 V）</translation>
  </message>
  <message>
   <source>Draw it yourself (R)</source>
   <translation>自行绘制 (R)</translation>
  </message>
  <message>
   <source>Withdraw</source>
   <translation>撤回</translation>
  </message>
  <message>
   <source>Take the decision on this item, or else the last one, back (U)</source>
   <translation>撤回本项的裁定；若无，则撤回最近一次裁定 (U)</translation>
  </message>
  <message>
   <source>Next open</source>
   <translation>下一未决项</translation>
  </message>
  <message>
   <source>Go to the next open item (N)</source>
   <translation>转到下一个未决项 (N)</translation>
  </message>
  <message>
   <source>Keep what reading {letter} says: {words} ({key})</source>
   <translation>采用判读 {letter} 的结果：{words} ({key})</translation>
  </message>
  <message>
   <source>Reading {letter}: {words}</source>
   <translation>判读 {letter}：{words}</translation>
  </message>
  <message>
   <source>{grade}: {hint}</source>
   <translation>{grade}：{hint}</translation>
  </message>
  <message>
   <source>Nothing is disputed</source>
   <translation>无争议</translation>
  </message>
  <message>
   <source>Being saved …</source>
   <translation>正在保存 …</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>打开</translation>
  </message>
  <message>
   <source>Not decided</source>
   <translation>未裁定</translation>
  </message>
  <message>
   <source>Decided: {what} ({reason})</source>
   <translation>已裁定：{what}（{reason}）</translation>
  </message>
  <message>
   <source>Decided: {what}</source>
   <translation>已裁定：{what}</translation>
  </message>
  <message>
   <source>All kinds</source>
   <translation>全部类型</translation>
  </message>
  <message>
   <source>Grades</source>
   <translation>分级</translation>
  </message>
  <message>
   <source>Anatomy</source>
   <translation>解剖结构</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>点</translation>
  </message>
  <message>
   <source>Lesions</source>
   <translation>病变</translation>
  </message>
  <message>
   <source>Kind of item</source>
   <translation>争议项类型</translation>
  </message>
  <message>
   <source>List only items of one kind</source>
   <translation>仅列出一种类型的争议项</translation>
  </message>
  <message>
   <source>Disputed items</source>
   <translation>争议项</translation>
  </message>
  <message>
   <source>What the graders of this image disagree on</source>
   <translation>本图像判读者意见不一致之处</translation>
  </message>
  <message>
   <source>{what} · {said}</source>
   <translation>{what} · {said}</translation>
  </message>
  <message>
   <source>{open} of {count} open</source>
   <translation>{count} 个中有 {open} 个待定</translation>
  </message>
  <message>
   <source>&amp;{letter}  Keep reading {letter}</source>
   <translation>&amp;{letter}  采用判读 {letter}</translation>
  </message>
  <message>
   <source>Saved {time}</source>
   <translation>已保存 {time}</translation>
  </message>
  <message>
   <source>Not decided: {why}</source>
   <translation>未裁定：{why}</translation>
  </message>
  <message>
   <source>Go to the next open image (Shift+N)</source>
   <translation>转到下一幅待裁定图像 (Shift+N)</translation>
  </message>
  <message>
   <source>This reading says nothing of the item.</source>
   <translation>这份判读未涉及该项。</translation>
  </message>
  <message>
   <source>A grade cannot be dropped: choose a value.</source>
   <translation>分级不能舍弃：请选择一个值。</translation>
  </message>
  <message>
   <source>There is nothing to average here.</source>
   <translation>此处没有可平均的内容。</translation>
  </message>
  <message>
   <source>A grade cannot be drawn: choose a value.</source>
   <translation>分级不能绘制：请选择一个值。</translation>
  </message>
  <message>
   <source>This item is being saved.</source>
   <translation>该项正在保存。</translation>
  </message>
  <message>
   <source>This study asks for a reason: type or choose one first, then Enter.</source>
   <translation>本研究要求填写理由：请先输入或选择理由，再按 Enter。</translation>
  </message>
  <message>
   <source>There is no decision to take back.</source>
   <translation>没有可撤回的裁定。</translation>
  </message>
  <message>
   <source>Kept, but against the guideline:</source>
   <translation>已保留，但不符合指南：</translation>
  </message>
  <message>
   <source>That was the last open image.</source>
   <translation>这是最后一幅待裁定图像。</translation>
  </message>
  <message>
   <source>Opacity of the heat map</source>
   <translation>热图不透明度</translation>
  </message>
  <message>
   <source>Views</source>
   <translation>视图</translation>
  </message>
  <message>
   <source>drawn, {width} × {height} px</source>
   <translation>已绘制，{width} × {height} px</translation>
  </message>
  <message>
   <source>at {x}, {y}</source>
   <translation>位于 {x}, {y}</translation>
  </message>
  <message>
   <source>{distance} DD from the fovea</source>
   <translation>距黄斑中心凹 {distance} DD</translation>
  </message>
  <message>
   <source>{count} shapes</source>
   <translation>{count} 个形状</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>not answered</source>
   <translation>未回答</translation>
  </message>
  <message>
   <source>not drawn</source>
   <translation>未绘制</translation>
  </message>
  <message>
   <source>set</source>
   <translation>已标记</translation>
  </message>
  <message>
   <source>kept {letter}</source>
   <translation>已采用 {letter}</translation>
  </message>
  <message>
   <source>dropped</source>
   <translation>已舍弃</translation>
  </message>
  <message>
   <source>averaged</source>
   <translation>已取平均</translation>
  </message>
  <message>
   <source>redrawn</source>
   <translation>已重绘</translation>
  </message>
  <message>
   <source>drawn: {letters}</source>
   <translation>已绘制：{letters}</translation>
  </message>
  <message>
   <source>not: {letters}</source>
   <translation>未绘制：{letters}</translation>
  </message>
  <message>
   <source>Settled: 1 item decided.</source>
   <translation>裁定完毕：共裁定 1 项。</translation>
  </message>
  <message>
   <source>Settled: {count} items decided.</source>
   <translation>裁定完毕：共裁定 {count} 项。</translation>
  </message>
  <message>
   <source>Filter by name or reason</source>
   <translation>按名称或理由筛选</translation>
  </message>
  <message>
   <source>Filter the images</source>
   <translation>筛选图像</translation>
  </message>
  <message>
   <source>Show only images whose name or reason holds these words</source>
   <translation>仅显示名称或理由包含这些文字的图像</translation>
  </message>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Which images are listed; a decision on a settled one can be withdrawn</source>
   <translation>列出哪些图像；已裁定图像的裁定可以撤回</translation>
  </message>
  <message>
   <source>Images to adjudicate</source>
   <translation>待仲裁图像</translation>
  </message>
  <message>
   <source>Images with something that the graders disagree on</source>
   <translation>判读者意见不一致的图像</translation>
  </message>
  <message>
   <source>To adjudicate</source>
   <translation>待仲裁</translation>
  </message>
  <message>
   <source>Settled</source>
   <translation>已裁定</translation>
  </message>
  <message>
   <source>Every image voted on</source>
   <translation>所有已表决的图像</translation>
  </message>
  <message>
   <source>{name}: {count} open</source>
   <translation>{name}：{count} 项未决</translation>
  </message>
  <message>
   <source>1 grade</source>
   <translation>1 项分级</translation>
  </message>
  <message>
   <source>{count} grades</source>
   <translation>{count} 项分级</translation>
  </message>
  <message>
   <source>Reading {letter}</source>
   <translation>判读 {letter}</translation>
  </message>
  <message>
   <source>All readings</source>
   <translation>全部判读</translation>
  </message>
  <message>
   <source>{reading}, yours</source>
   <translation>{reading}（您本人）</translation>
  </message>
  <message>
   <source>open</source>
   <translation>待处理</translation>
  </message>
  <message>
   <source>artefact</source>
   <translation>伪影</translation>
  </message>
  <message>
   <source>outside the guideline</source>
   <translation>超出指南范围</translation>
  </message>
  <message>
   <source>vessel</source>
   <translation>血管</translation>
  </message>
  <message>
   <source>duplicate</source>
   <translation>重复</translation>
  </message>
  <message>
   <source>Why you decide so; kept with every decision until you change it (W)</source>
   <translation>裁定的理由；在更改之前随每次裁定保存 (W)</translation>
  </message>
  <message>
   <source>Reason (needed)</source>
   <translation>理由（必填）</translation>
  </message>
  <message>
   <source>Reason (optional)</source>
   <translation>理由（选填）</translation>
  </message>
  <message>
   <source>Drawing canvas</source>
   <translation>绘图画布</translation>
  </message>
  <message>
   <source>Start from the average</source>
   <translation>从平均开始</translation>
  </message>
  <message>
   <source>Take it (Enter)</source>
   <translation>采用 (Enter)</translation>
  </message>
  <message>
   <source>Take the drawing</source>
   <translation>采用所绘内容</translation>
  </message>
  <message>
   <source>Decide the item by what is drawn here (Enter)</source>
   <translation>以此处所绘内容裁定该项 (Enter)</translation>
  </message>
  <message>
   <source>Cancel (Esc)</source>
   <translation>取消 (Esc)</translation>
  </message>
  <message>
   <source>Give the drawing up</source>
   <translation>放弃所绘内容</translation>
  </message>
  <message>
   <source>Go back; nothing is decided (Esc)</source>
   <translation>返回；不作裁定 (Esc)</translation>
  </message>
  <message>
   <source>Redraw: {item}</source>
   <translation>重绘：{item}</translation>
  </message>
  <message>
   <source>Draw something first; to settle that there is nothing, press Esc and drop the item (D).</source>
   <translation>请先绘制；若要裁定此处没有，请按 Esc 后舍弃该项 (D)。</translation>
  </message>
  <message>
   <source>Return to a grader</source>
   <translation>退回给判读者</translation>
  </message>
  <message>
   <source>Reading to return</source>
   <translation>要退回的判读</translation>
  </message>
  <message>
   <source>Whose grading goes back</source>
   <translation>退回谁的判读</translation>
  </message>
  <message>
   <source>What should be looked at again?</source>
   <translation>哪些内容需要重新查看？</translation>
  </message>
  <message>
   <source>Comment for the grader</source>
   <translation>给判读者的意见</translation>
  </message>
  <message>
   <source>The grader reads this above the image</source>
   <translation>判读者会在图像上方看到此意见</translation>
  </message>
  <message>
   <source>Return</source>
   <translation>退回</translation>
  </message>
  <message>
   <source>The grading is opened again as a new version. It does not vote until it is submitted again.</source>
   <translation>该判读将作为新版本重新打开，在再次提交之前不参与表决。</translation>
  </message>
  <message>
   <source>being saved</source>
   <translation>正在保存</translation>
  </message>
  <message>
   <source>decided</source>
   <translation>已裁定</translation>
  </message>
  <message>
   <source>returned</source>
   <translation>已退回</translation>
  </message>
  <message>
   <source>better</source>
   <translation>改善</translation>
  </message>
  <message>
   <source>worse</source>
   <translation>变差</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>不变</translation>
  </message>
  <message>
   <source>not settled</source>
   <translation>未裁定</translation>
  </message>
  <message>
   <source>The image with what was drawn; all views move together</source>
   <translation>图像及所绘内容；所有视图同步移动</translation>
  </message>
  <message>
   <source>Adjudicate</source>
   <translation>仲裁</translation>
  </message>
  <message>
   <source>Other readings</source>
   <translation>其他判读</translation>
  </message>
  <message>
   <source>Loading {name} …</source>
   <translation>正在加载 {name} …</translation>
  </message>
  <message>
   <source>{name} was returned; it comes back here once it is submitted again.</source>
   <translation>{name} 已退回；再次提交后会回到此处。</translation>
  </message>
  <message>
   <source>Loading the list …</source>
   <translation>正在加载列表 …</translation>
  </message>
  <message>
   <source>Finish the drawing first (Enter), or press Esc.</source>
   <translation>请先完成绘制 (Enter)，或按 Esc。</translation>
  </message>
  <message>
   <source>There is no other image.</source>
   <translation>没有其他图像。</translation>
  </message>
  <message>
   <source>Returning the grading …</source>
   <translation>正在退回判读 …</translation>
  </message>
  <message>
   <source>Nothing is waiting for an adjudicator. Choose “Settled” to see what was decided.</source>
   <translation>没有等待仲裁的图像。选择“已裁定”可查看已作的裁定。</translation>
  </message>
  <message>
   <source>Nothing is waiting for an adjudicator.</source>
   <translation>没有等待仲裁的图像。</translation>
  </message>
  <message>
   <source>Every item of this image is decided.</source>
   <translation>本图像的所有争议项均已裁定。</translation>
  </message>
  <message>
   <source>Canvas</source>
   <translation>画布</translation>
  </message>
  <message>
   <source>The image and the shapes drawn on it</source>
   <translation>图像及其上绘制的形状</translation>
  </message>
  <message>
   <source>The shapes are not loaded yet: they can be changed in a moment.</source>
   <translation>形状尚未加载完：稍后即可修改。</translation>
  </message>
  <message>
   <source>This grading is submitted: reopen it to change it.</source>
   <translation>此判读已提交：重新打开后才能更改。</translation>
  </message>
  <message>
   <source>What reached beyond the image was cut off.</source>
   <translation>超出图像的部分已被裁去。</translation>
  </message>
  <message>
   <source>{label} is locked: unlock it first (Ctrl+K).</source>
   <translation>{label} 已锁定：请先解锁（Ctrl+K）。</translation>
  </message>
  <message>
   <source>Image beside</source>
   <translation>并排图像</translation>
  </message>
  <message>
   <source>Another image with its shapes, for comparison</source>
   <translation>用于对比的另一幅图像及其形状</translation>
  </message>
  <message>
   <source>{length} mm</source>
   <translation>{length} mm</translation>
  </message>
  <message>
   <source>{length} µm</source>
   <translation>{length} µm</translation>
  </message>
  <message>
   <source>{length} px</source>
   <translation>{length} px</translation>
  </message>
  <message>
   <source>{length} DD</source>
   <translation>{length} DD</translation>
  </message>
  <message>
   <source>Minimap</source>
   <translation>缩略导航图</translation>
  </message>
  <message>
   <source>Click or drag to move there</source>
   <translation>单击或拖动以移动到该处</translation>
  </message>
  <message>
   <source>superotemporal</source>
   <translation>颞上</translation>
  </message>
  <message>
   <source>superonasal</source>
   <translation>鼻上</translation>
  </message>
  <message>
   <source>inferonasal</source>
   <translation>鼻下</translation>
  </message>
  <message>
   <source>inferotemporal</source>
   <translation>颞下</translation>
  </message>
  <message>
   <source>T</source>
   <translation>颞</translation>
  </message>
  <message>
   <source>S</source>
   <translation>上</translation>
  </message>
  <message>
   <source>N</source>
   <translation>鼻</translation>
  </message>
  <message>
   <source>I</source>
   <translation>下</translation>
  </message>
  <message>
   <source>The last time Retina Studio crashed. Every edit shown as saved is there. What is known of it: {file}</source>
   <translation>Retina Studio 上次崩溃了。凡显示为已保存的编辑均在。已知情况：{file}</translation>
  </message>
  <message>
   <source>The last time Retina Studio did not end by itself. Every edit shown as saved is there.</source>
   <translation>Retina Studio 上次未正常结束。凡显示为已保存的编辑均在。</translation>
  </message>
  <message>
   <source>Something went wrong ({error}).</source>
   <translation>出现错误（{error}）。</translation>
  </message>
  <message>
   <source>Every edit shown as saved is on disk, and you can go on. Details, without names of images: {file}</source>
   <translation>凡显示为已保存的编辑均已写入磁盘，您可以继续。详情（不含图像名称）：{file}</translation>
  </message>
  <message>
   <source>Open the folder</source>
   <translation>打开文件夹</translation>
  </message>
  <message>
   <source>Drawings</source>
   <translation>绘制</translation>
  </message>
  <message>
   <source>Drawings against the consensus, with 95 % intervals. Sensitivity: objects of the consensus that the grader drew; precision: objects the grader drew that are in it.</source>
   <translation>所绘内容与共识的比较，附 95 % 区间。灵敏度：共识中的对象有多少由判读者绘出；精确度：判读者所绘对象有多少属于共识。</translation>
  </message>
  <message>
   <source>No image with a drawing has been voted on yet.</source>
   <translation>尚无含绘制内容的图像经过表决。</translation>
  </message>
  <message>
   <source>Time per image</source>
   <translation>每幅图像用时</translation>
  </message>
  <message>
   <source>Seconds from the first edit to the submission: median and middle half. Two minutes without an edit count as a pause.</source>
   <translation>从首次编辑到提交的秒数：中位数和中间一半。两分钟无编辑计为暂停。</translation>
  </message>
  <message>
   <source>Nobody's time on an image is known yet.</source>
   <translation>尚无任何人的判读用时。</translation>
  </message>
  <message>
   <source>After proposals</source>
   <translation>查看建议之后</translation>
  </message>
  <message>
   <source>Of the gradings in which a model's proposals were shown: how many were submitted before that (blind), how many were changed afterwards, and what that came to in all.</source>
   <translation>在显示过模型建议的判读中：有多少在显示之前已提交（盲态），有多少在之后更改，以及更改的总计。</translation>
  </message>
  <message>
   <source>No model's proposals have been shown in a submitted grading yet.</source>
   <translation>已提交的判读中尚未显示过模型建议。</translation>
  </message>
  <message>
   <source>Repeats</source>
   <translation>重复判读</translation>
  </message>
  <message>
   <source>Each grader against themselves: an image that came back, hidden, some weeks later.</source>
   <translation>每位判读者与自身比较：同一图像数周后以盲法再次出现。</translation>
  </message>
  <message>
   <source>No hidden repeat has been graded yet.</source>
   <translation>尚无隐藏的重复图像被判读。</translation>
  </message>
  <message>
   <source>Over time</source>
   <translation>随时间变化</translation>
  </message>
  <message>
   <source>Agreement with the consensus by the date of submission: a line that falls is a grader who drifts.</source>
   <translation>按提交日期显示与共识的一致性：曲线下降表示判读者发生漂移。</translation>
  </message>
  <message>
   <source>Nothing that was submitted has been voted on yet.</source>
   <translation>已提交的判读尚未经过表决。</translation>
  </message>
  <message>
   <source>{grader}, {what}: {figure}, {n} images</source>
   <translation>{grader}，{what}：{figure}，{n} 幅图像</translation>
  </message>
  <message>
   <source>Dice</source>
   <translation>Dice</translation>
  </message>
  <message>
   <source>IoU</source>
   <translation>IoU</translation>
  </message>
  <message>
   <source>Sensitivity</source>
   <translation>灵敏度</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>精确度</translation>
  </message>
  <message>
   <source>Label</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>One label, or all of them</source>
   <translation>一个标签，或全部标签</translation>
  </message>
  <message>
   <source>Figure</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>What the chart shows</source>
   <translation>图表显示的内容</translation>
  </message>
  <message>
   <source>Grader</source>
   <translation>判读者</translation>
  </message>
  <message>
   <source>Found / missed / extra</source>
   <translation>命中 / 遗漏 / 多余</translation>
  </message>
  <message>
   <source>{figure}, 95 % interval</source>
   <translation>{figure}，95 % 区间</translation>
  </message>
  <message>
   <source>Gradings</source>
   <translation>判读</translation>
  </message>
  <message>
   <source>Median</source>
   <translation>中位数</translation>
  </message>
  <message>
   <source>Lower quartile</source>
   <translation>下四分位数</translation>
  </message>
  <message>
   <source>Upper quartile</source>
   <translation>上四分位数</translation>
  </message>
  <message>
   <source>{grader}: {median} s, middle half {low} to {high} s, {n} gradings</source>
   <translation>{grader}：{median} 秒，中间一半 {low} 至 {high} 秒，{n} 份判读</translation>
  </message>
  <message>
   <source>Seconds: median and middle half</source>
   <translation>秒：中位数和中间一半</translation>
  </message>
  <message>
   <source>Shown</source>
   <translation>已显示</translation>
  </message>
  <message>
   <source>Blind</source>
   <translation>盲态</translation>
  </message>
  <message>
   <source>Changed</source>
   <translation>已更改</translation>
  </message>
  <message>
   <source>Rate</source>
   <translation>比例</translation>
  </message>
  <message>
   <source>Shapes added</source>
   <translation>添加的形状</translation>
  </message>
  <message>
   <source>Shapes removed</source>
   <translation>移除的形状</translation>
  </message>
  <message>
   <source>Shapes changed</source>
   <translation>更改的形状</translation>
  </message>
  <message>
   <source>Grades changed</source>
   <translation>更改的分级</translation>
  </message>
  <message>
   <source>Changed afterwards, 95 % interval</source>
   <translation>之后更改的比例，95 % 区间</translation>
  </message>
  <message>
   <source>Week of</source>
   <translation>所在周</translation>
  </message>
  <message>
   <source>Month of</source>
   <translation>所在月</translation>
  </message>
  <message>
   <source>Grades: quadratic kappa</source>
   <translation>分级：二次加权 kappa</translation>
  </message>
  <message>
   <source>Grades: kappa</source>
   <translation>分级：kappa</translation>
  </message>
  <message>
   <source>Grades: same grade</source>
   <translation>分级：分级相同</translation>
  </message>
  <message>
   <source>Drawings: Dice</source>
   <translation>绘制：Dice</translation>
  </message>
  <message>
   <source>Grade</source>
   <translation>分级</translation>
  </message>
  <message>
   <source>Same grade</source>
   <translation>分级相同</translation>
  </message>
  <message>
   <source>Kappa</source>
   <translation>Kappa</translation>
  </message>
  <message>
   <source>Quadratic kappa</source>
   <translation>二次加权 kappa</translation>
  </message>
  <message>
   <source>Dice of anatomy</source>
   <translation>解剖结构的 Dice</translation>
  </message>
  <message>
   <source>Same grades</source>
   <translation>分级相同</translation>
  </message>
  <message>
   <source>{grader}, {date}: {figure}, {n} gradings</source>
   <translation>{grader}，{date}：{figure}，{n} 份判读</translation>
  </message>
  <message>
   <source>All labels</source>
   <translation>全部标签</translation>
  </message>
  <message>
   <source>changed afterwards</source>
   <translation>之后更改</translation>
  </message>
  <message>
   <source>Page with charts and tables (HTML)</source>
   <translation>含图表和表格的网页 (HTML)</translation>
  </message>
  <message>
   <source>Document with charts and tables (PDF)</source>
   <translation>含图表和表格的文档 (PDF)</translation>
  </message>
  <message>
   <source>Table of every figure (CSV)</source>
   <translation>全部指标的表格 (CSV)</translation>
  </message>
  <message>
   <source>Values for programs (JSON)</source>
   <translation>供程序读取的数值 (JSON)</translation>
  </message>
  <message>
   <source>Export the agreement</source>
   <translation>导出一致性</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>格式</translation>
  </message>
  <message>
   <source>What is written</source>
   <translation>写入的内容</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Where to write; a file of this name is replaced</source>
   <translation>写入位置；同名文件将被替换</translation>
  </message>
  <message>
   <source>Choose …</source>
   <translation>选择 …</translation>
  </message>
  <message>
   <source>Show one grader over the others, in every chart</source>
   <translation>在所有图表中突出显示一位判读者</translation>
  </message>
  <message>
   <source>All graders</source>
   <translation>全部判读者</translation>
  </message>
  <message>
   <source>Show {grader} over the others, in every chart</source>
   <translation>在所有图表中突出显示{grader}</translation>
  </message>
  <message>
   <source>Consensus</source>
   <translation>共识</translation>
  </message>
  <message>
   <source>Grader {number}</source>
   <translation>判读者 {number}</translation>
  </message>
  <message>
   <source>{first} and {second}: {figure}</source>
   <translation>{first} 与 {second}：{figure}</translation>
  </message>
  <message>
   <source>Copy table</source>
   <translation>复制表格</translation>
  </message>
  <message>
   <source>Put the whole table on the clipboard, for a spreadsheet</source>
   <translation>将整个表格复制到剪贴板，以便粘贴到电子表格</translation>
  </message>
  <message>
   <source>The table is on the clipboard.</source>
   <translation>表格已复制到剪贴板。</translation>
  </message>
  <message>
   <source>Drawings in pairs</source>
   <translation>两两绘制</translation>
  </message>
  <message>
   <source>Mean Dice of what two graders drew, over the images on which one of them drew the label.</source>
   <translation>两位判读者所绘内容的平均 Dice，按其中一位绘制了该标签的图像计算。</translation>
  </message>
  <message>
   <source>No two graders have drawn on the same image yet.</source>
   <translation>尚无两位判读者在同一图像上绘制。</translation>
  </message>
  <message>
   <source>Grades of the images that two graded; each grader also against the settled grades.</source>
   <translation>两位判读者均分级的图像的分级；每位判读者也与裁定的分级比较。</translation>
  </message>
  <message>
   <source>No two graders have graded the same image yet.</source>
   <translation>尚无两位判读者对同一图像分级。</translation>
  </message>
  <message>
   <source>Which label the pairs are compared on</source>
   <translation>两两比较所用的标签</translation>
  </message>
  <message>
   <source>Which grade the pairs are compared on</source>
   <translation>两两比较所用的分级</translation>
  </message>
  <message>
   <source>First</source>
   <translation>第一位</translation>
  </message>
  <message>
   <source>Second</source>
   <translation>第二位</translation>
  </message>
  <message>
   <source>{figure}, {n} images</source>
   <translation>{figure}，{n} 幅图像</translation>
  </message>
  <message>
   <source>All graders: Fleiss' kappa {kappa}</source>
   <translation>全部判读者：Fleiss kappa {kappa}</translation>
  </message>
  <message>
   <source>Same grade: {percent} of pairs of graders, {n} images</source>
   <translation>分级相同：{percent} 的判读者配对，{n} 幅图像</translation>
  </message>
  <message>
   <source>Sort by {column}</source>
   <translation>按{column}排序</translation>
  </message>
  <message>
   <source>Choose a row to see its grader in every chart; Ctrl+C copies the chosen rows</source>
   <translation>选择一行可在所有图表中查看该判读者；Ctrl+C 复制所选行</translation>
  </message>
  <message>
   <source>Written: {out}</source>
   <translation>已写入：{out}</translation>
  </message>
  <message>
   <source>The vote is out of date: {count} images were graded or decided since.</source>
   <translation>表决结果已过期：此后有 {count} 幅图像被判读或裁定。</translation>
  </message>
  <message>
   <source>Agreement</source>
   <translation>一致性</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Stop what is under way; nothing is lost</source>
   <translation>停止正在进行的任务；不会丢失任何内容</translation>
  </message>
  <message>
   <source>Reading the agreement …</source>
   <translation>正在读取一致性 …</translation>
  </message>
  <message>
   <source>Voting …</source>
   <translation>正在表决 …</translation>
  </message>
  <message>
   <source>{images} images, {gradings} gradings, {graders} graders</source>
   <translation>{images} 幅图像，{gradings} 份判读，{graders} 位判读者</translation>
  </message>
  <message>
   <source>Vote on what has changed</source>
   <translation>对有变化的内容进行表决</translation>
  </message>
  <message>
   <source>Stopped. Read again to see the agreement.</source>
   <translation>已停止。请重新读取以查看一致性。</translation>
  </message>
  <message>
   <source>Read again</source>
   <translation>重新读取</translation>
  </message>
  <message>
   <source>Read the agreement again</source>
   <translation>重新读取一致性</translation>
  </message>
  <message>
   <source>Hide names</source>
   <translation>隐藏姓名</translation>
  </message>
  <message>
   <source>Show numbers in place of the graders' names; reports have them too</source>
   <translation>以编号代替判读者姓名；报告中也使用编号</translation>
  </message>
  <message>
   <source>Export …</source>
   <translation>导出 …</translation>
  </message>
  <message>
   <source>Write the agreement as a report or as a table</source>
   <translation>将一致性写为报告或表格</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <source>Close this window</source>
   <translation>关闭此窗口</translation>
  </message>
  <message>
   <source>No image has been voted on yet: there is no agreement to show.</source>
   <translation>尚无图像经过表决：没有可显示的一致性。</translation>
  </message>
  <message>
   <source>Vote now</source>
   <translation>立即表决</translation>
  </message>
  <message>
   <source>Cancelling …</source>
   <translation>正在取消 …</translation>
  </message>
  <message>
   <source>Voting on {done} of {total}</source>
   <translation>正在表决 {done} / {total}</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>键盘快捷键</translation>
  </message>
  <message>
   <source>Change keys</source>
   <translation>更改按键</translation>
  </message>
  <message>
   <source>On the canvas</source>
   <translation>在画布上</translation>
  </message>
  <message>
   <source>Labels</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Saved {time} · {edits}</source>
   <translation>{time} 已保存 · {edits}</translation>
  </message>
  <message>
   <source>Not saved</source>
   <translation>未保存</translation>
  </message>
  <message>
   <source>Saved · submitted</source>
   <translation>已保存 · 已提交</translation>
  </message>
  <message>
   <source>1 edit</source>
   <translation>1 次编辑</translation>
  </message>
  <message>
   <source>{count} edits</source>
   <translation>{count} 次编辑</translation>
  </message>
  <message>
   <source>Saved · {edits}</source>
   <translation>已保存 · {edits}</translation>
  </message>
  <message>
   <source>1 edit waits for the server</source>
   <translation>1 次编辑等待发送到服务器</translation>
  </message>
  <message>
   <source>{count} edits wait for the server</source>
   <translation>{count} 次编辑等待发送到服务器</translation>
  </message>
  <message>
   <source>This change could not be saved: {error}</source>
   <translation>无法保存此更改：{error}</translation>
  </message>
  <message>
   <source>Adjudicate …</source>
   <translation>仲裁 …</translation>
  </message>
  <message>
   <source>Settle what the graders disagree on</source>
   <translation>裁定判读者意见不一致之处</translation>
  </message>
  <message>
   <source>Other readings of this image</source>
   <translation>本图像的其他判读</translation>
  </message>
  <message>
   <source>See what others said of this image, once your own grading is submitted</source>
   <translation>在您提交自己的判读之后，查看他人对本图像的判读</translation>
  </message>
  <message>
   <source>Agreement …</source>
   <translation>一致性 …</translation>
  </message>
  <message>
   <source>How far the graders agree, with the consensus, each other and over time</source>
   <translation>判读者与共识之间、相互之间以及随时间的一致程度</translation>
  </message>
  <message>
   <source>Select same label</source>
   <translation>选择同标签形状</translation>
  </message>
  <message>
   <source>Select every visible shape of the selected labels, or of the current one</source>
   <translation>选择所选标签（或当前标签）的所有可见形状</translation>
  </message>
  <message>
   <source>Relabel</source>
   <translation>更改标签</translation>
  </message>
  <message>
   <source>Give the selected shapes the current label</source>
   <translation>将所选形状改为当前标签</translation>
  </message>
  <message>
   <source>Duplicate</source>
   <translation>创建副本</translation>
  </message>
  <message>
   <source>Copy the selected shapes beside themselves</source>
   <translation>在旁边复制所选形状</translation>
  </message>
  <message>
   <source>Lock or unlock</source>
   <translation>锁定或解锁</translation>
  </message>
  <message>
   <source>Lock the selected shapes against clicks and edits, or unlock them; with nothing selected, unlock all</source>
   <translation>锁定所选形状以防误点和误改，或将其解锁；未选择时解锁全部</translation>
  </message>
  <message>
   <source>Hide selected shapes</source>
   <translation>隐藏所选形状</translation>
  </message>
  <message>
   <source>Hide the selected shapes</source>
   <translation>隐藏所选的形状</translation>
  </message>
  <message>
   <source>Show hidden shapes</source>
   <translation>显示隐藏的形状</translation>
  </message>
  <message>
   <source>Show the shapes that were hidden one by one</source>
   <translation>显示逐个隐藏的形状</translation>
  </message>
  <message>
   <source>{shapes} selected: {labels}</source>
   <translation>已选中{shapes}：{labels}</translation>
  </message>
  <message>
   <source>{shapes} hidden; Ctrl+Shift+H shows again what is hidden.</source>
   <translation>已隐藏{shapes}；按 Ctrl+Shift+H 重新显示。</translation>
  </message>
  <message>
   <source>Finish the outline first (Enter), or press Esc.</source>
   <translation>请先完成轮廓（Enter），或按 Esc。</translation>
  </message>
  <message>
   <source>Select the shapes to hide first.</source>
   <translation>请先选择要隐藏的形状。</translation>
  </message>
  <message>
   <source>{shapes} shown again.</source>
   <translation>已重新显示{shapes}。</translation>
  </message>
  <message>
   <source>No shape is hidden.</source>
   <translation>没有隐藏的形状。</translation>
  </message>
  <message>
   <source>{shapes} unlocked.</source>
   <translation>已解锁{shapes}。</translation>
  </message>
  <message>
   <source>No shape is locked.</source>
   <translation>没有锁定的形状。</translation>
  </message>
  <message>
   <source>{shapes} locked; Ctrl+K with nothing selected unlocks all.</source>
   <translation>已锁定{shapes}；未选中任何形状时按 Ctrl+K 可全部解锁。</translation>
  </message>
  <message>
   <source>{given} given to {count} graders.</source>
   <translation>已将 {given} 项分配给 {count} 位判读者。</translation>
  </message>
  <message>
   <source>Assign images …</source>
   <translation>分配图像 …</translation>
  </message>
  <message>
   <source>Give each image to some graders</source>
   <translation>将每幅图像分配给若干判读者</translation>
  </message>
  <message>
   <source>Hidden repeats …</source>
   <translation>隐藏的重复图像 …</translation>
  </message>
  <message>
   <source>Give graders some of their images again</source>
   <translation>将部分图像再次分配给判读者</translation>
  </message>
  <message>
   <source>Giving {done} of {total}</source>
   <translation>正在分配 {done} / {total}</translation>
  </message>
  <message>
   <source>{count} images come again.</source>
   <translation>{count} 幅图像将再次出现。</translation>
  </message>
  <message>
   <source>Nothing was missing: nothing was given.</source>
   <translation>没有缺额：未分配任何图像。</translation>
  </message>
  <message>
   <source>Certification …</source>
   <translation>资格考核 …</translation>
  </message>
  <message>
   <source>Images with known answers</source>
   <translation>已知答案的图像</translation>
  </message>
  <message>
   <source>The set {name} has {images}.</source>
   <translation>考核集 {name} 包含 {images}。</translation>
  </message>
  <message>
   <source>Saved.</source>
   <translation>已保存。</translation>
  </message>
  <message>
   <source>{count} given.</source>
   <translation>已分配 {count} 项。</translation>
  </message>
  <message>
   <source>Guideline check</source>
   <translation>指南核查</translation>
  </message>
  <message>
   <source>Show where grades and shapes disagree with the guideline or with anatomy</source>
   <translation>显示分级和形状与指南或解剖不一致之处</translation>
  </message>
  <message>
   <source>Points of the guideline check (I)</source>
   <translation>指南核查的提示（I）</translation>
  </message>
  <message>
   <source>{count} points of the guideline check</source>
   <translation>指南核查有 {count} 条提示</translation>
  </message>
  <message>
   <source>Check</source>
   <translation>核查</translation>
  </message>
  <message>
   <source>Copy shapes</source>
   <translation>复制形状</translation>
  </message>
  <message>
   <source>Copy the selected shapes, also for other images</source>
   <translation>复制所选形状，也可用于其他图像</translation>
  </message>
  <message>
   <source>Paste shapes</source>
   <translation>粘贴形状</translation>
  </message>
  <message>
   <source>Paste the copied shapes at the same place</source>
   <translation>将复制的形状粘贴到相同位置</translation>
  </message>
  <message>
   <source>Paste mirrored</source>
   <translation>镜像粘贴</translation>
  </message>
  <message>
   <source>Paste the copied shapes mirrored left to right, for the other eye</source>
   <translation>将复制的形状左右镜像后粘贴，用于另一眼</translation>
  </message>
  <message>
   <source>{shapes} copied.</source>
   <translation>已复制{shapes}。</translation>
  </message>
  <message>
   <source>{shapes} pasted.</source>
   <translation>已粘贴{shapes}。</translation>
  </message>
  <message>
   <source>Select the shapes to copy first.</source>
   <translation>请先选择要复制的形状。</translation>
  </message>
  <message>
   <source>They were scaled to this image, which has another size.</source>
   <translation>本图像大小不同，形状已按比例缩放。</translation>
  </message>
  <message>
   <source>This is the other eye: Ctrl+Z, then Ctrl+Shift+V pastes them mirrored.</source>
   <translation>这是另一眼：按 Ctrl+Z，再按 Ctrl+Shift+V 可镜像粘贴。</translation>
  </message>
  <message>
   <source>Ellipse to polygon or back</source>
   <translation>椭圆与多边形互换</translation>
  </message>
  <message>
   <source>Make polygons of the selected ellipses, and ellipses of the selected polygons</source>
   <translation>将所选椭圆转为多边形，将所选多边形转为椭圆</translation>
  </message>
  <message>
   <source>Unite</source>
   <translation>合并</translation>
  </message>
  <message>
   <source>Make one shape of the selected shapes of one label where they touch</source>
   <translation>将所选同标签且相接的形状合并为一个</translation>
  </message>
  <message>
   <source>Subtract</source>
   <translation>减去</translation>
  </message>
  <message>
   <source>Take the smaller selected shapes out of the largest; the smaller ones stay</source>
   <translation>从最大的形状中减去较小的所选形状；较小的保留</translation>
  </message>
  <message>
   <source>Cut a hole</source>
   <translation>挖孔</translation>
  </message>
  <message>
   <source>Draw the next outline as a hole in the selected shape, or in the shape around it</source>
   <translation>将下一个轮廓绘制为所选形状（或外围形状）中的孔洞</translation>
  </message>
  <message>
   <source>Fill holes</source>
   <translation>填充孔洞</translation>
  </message>
  <message>
   <source>Close the holes of the selected shapes</source>
   <translation>闭合所选形状的孔洞</translation>
  </message>
  <message>
   <source>Draw the hole: click its vertices, or drag around it. Esc gives it up.</source>
   <translation>绘制孔洞：逐点单击或沿其拖动。Esc 放弃。</translation>
  </message>
  <message>
   <source>Taken out of the largest, {label}; the smaller shapes stay as they were.</source>
   <translation>已从最大的形状（{label}）中减去；较小的形状保持不变。</translation>
  </message>
  <message>
   <source>Compare side by side</source>
   <translation>并排对比</translation>
  </message>
  <message>
   <source>Show another image of this patient beside this one, zoomed together</source>
   <translation>在旁边显示该患者的另一幅图像，同步缩放</translation>
  </message>
  <message>
   <source>Compare with the other eye</source>
   <translation>与另一眼对比</translation>
  </message>
  <message>
   <source>Show the patient's other eye beside this one, mirrored</source>
   <translation>在旁边镜像显示该患者的另一眼</translation>
  </message>
  <message>
   <source>Keep this image beside</source>
   <translation>将本图像保留在旁边</translation>
  </message>
  <message>
   <source>Keep this image beside while you open others from the worklist</source>
   <translation>从工作列表打开其他图像时，将本图像保留在旁边</translation>
  </message>
  <message>
   <source>There is no other image of this patient. Ctrl+J keeps an image here.</source>
   <translation>该患者没有其他图像。按 Ctrl+J 可将一幅图像保留在此。</translation>
  </message>
  <message>
   <source>This image stays beside: open another one from the worklist.</source>
   <translation>本图像保留在旁边：请从工作列表打开另一幅。</translation>
  </message>
  <message>
   <source>There is no image of this patient's other eye.</source>
   <translation>该患者没有另一眼的图像。</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>对比</translation>
  </message>
  <message>
   <source>1 shape</source>
   <translation>1 个形状</translation>
  </message>
  <message>
   <source>Import labels …</source>
   <translation>导入标注 …</translation>
  </message>
  <message>
   <source>Labels that another program wrote</source>
   <translation>其他程序写出的标注</translation>
  </message>
  <message>
   <source>Export labels …</source>
   <translation>导出标注 …</translation>
  </message>
  <message>
   <source>Labels as files for other programs</source>
   <translation>将标注写为供其他程序使用的文件</translation>
  </message>
  <message>
   <source>Reading and taking: {done} of {total}</source>
   <translation>正在读取并采用：{done} / {total}</translation>
  </message>
  <message>
   <source>Writing {done} of {total}</source>
   <translation>正在写入 {done} / {total}</translation>
  </message>
  <message>
   <source>{images} written to {out}.</source>
   <translation>{images} 已写入 {out}。</translation>
  </message>
  <message>
   <source>Labels of {images} imported.</source>
   <translation>已导入 {images} 的标注。</translation>
  </message>
  <message>
   <source>One outline is offered as {label}.</source>
   <translation>已将 1 个轮廓列为{label}的建议。</translation>
  </message>
  <message>
   <source>{count} outlines are offered as {label}.</source>
   <translation>已将 {count} 个轮廓列为{label}的建议。</translation>
  </message>
  <message>
   <source>{label} is no area: choose the label of the outline.</source>
   <translation>{label} 不是区域：请选择轮廓的标签。</translation>
  </message>
  <message>
   <source>The map is nowhere so strong: move the line to a lower level.</source>
   <translation>CAM 图中没有达到此强度的部位：请调低等值线。</translation>
  </message>
  <message>
   <source>Go to</source>
   <translation>转到</translation>
  </message>
  <message>
   <source>The worklist</source>
   <translation>工作列表</translation>
  </message>
  <message>
   <source>Put the focus on the worklist</source>
   <translation>将焦点移到工作列表</translation>
  </message>
  <message>
   <source>The image</source>
   <translation>图像</translation>
  </message>
  <message>
   <source>Put the focus on the image</source>
   <translation>将焦点移到图像</translation>
  </message>
  <message>
   <source>The labels</source>
   <translation>标签</translation>
  </message>
  <message>
   <source>Put the focus on the chosen label</source>
   <translation>将焦点移到所选标签</translation>
  </message>
  <message>
   <source>The grades</source>
   <translation>分级</translation>
  </message>
  <message>
   <source>Put the focus on the first grade</source>
   <translation>将焦点移到第一项分级</translation>
  </message>
  <message>
   <source>The lists</source>
   <translation>列表</translation>
  </message>
  <message>
   <source>Put the focus on the tabs of the lists</source>
   <translation>将焦点移到各列表的选项卡</translation>
  </message>
  <message>
   <source>Open another study …</source>
   <translation>打开另一项研究 …</translation>
  </message>
  <message>
   <source>Close this study and go to the welcome page; everything is saved</source>
   <translation>关闭本研究并回到欢迎页；一切均已保存</translation>
  </message>
  <message>
   <source>Guided tour</source>
   <translation>导览</translation>
  </message>
  <message>
   <source>Show what is where, in seven steps</source>
   <translation>分七步说明各处有什么</translation>
  </message>
  <message>
   <source>Log …</source>
   <translation>日志 …</translation>
  </message>
  <message>
   <source>What the application noted, for whoever helps you</source>
   <translation>应用程序的记录，供协助您的人查看</translation>
  </message>
  <message>
   <source>About Retina Studio …</source>
   <translation>关于 Retina Studio …</translation>
  </message>
  <message>
   <source>Versions, licences and shipped weights</source>
   <translation>版本、许可和随附权重</translation>
  </message>
  <message>
   <source>The report stays on this computer; Esc puts this line away</source>
   <translation>报告只留在本机；按 Esc 收起此行</translation>
  </message>
  <message>
   <source>Your images, and which of them are submitted. N and P go to the next and the previous one.</source>
   <translation>您的图像，以及哪些已提交。N 和 P 转到下一幅和上一幅。</translation>
  </message>
  <message>
   <source>Draw here with the tools above: E ellipse, G polygon, T point. The wheel zooms, Space and drag moves. Ctrl+Space draws by keys alone. Every edit is on disk at once; Ctrl+Z takes it back.</source>
   <translation>用上方的工具在此绘制：E 椭圆，G 多边形，T 点。滚轮缩放，空格加拖动可平移。Ctrl+Space 可只用按键绘制。每次编辑立即写入磁盘；Ctrl+Z 可撤销。</translation>
  </message>
  <message>
   <source>Choose what you draw, by click or key. Tick “none” where you looked and found nothing: an empty label alone says nothing.</source>
   <translation>单击或按键选择要绘制的内容。查看后未发现时请勾选“无”：空标签本身不说明任何问题。</translation>
  </message>
  <message>
   <source>Grading</source>
   <translation>判读</translation>
  </message>
  <message>
   <source>The grades of the whole image, with the guideline's words below. A dot marks what is needed.</source>
   <translation>整幅图像的分级，下方为指南的说明。圆点标出必填项。</translation>
  </message>
  <message>
   <source>Ctrl+M asks the models. What they offer is dashed, and counts only once you accept it: Y accepts, R accepts to correct, X rejects.</source>
   <translation>Ctrl+M 询问模型。模型的建议为虚线，只有您接受后才算数：Y 接受，R 接受并修正，X 拒绝。</translation>
  </message>
  <message>
   <source>Submit</source>
   <translation>提交</translation>
  </message>
  <message>
   <source>Hand the grading in when it is complete, and go on. You can reopen it later.</source>
   <translation>判读完成后提交并继续。之后可以重新打开。</translation>
  </message>
  <message>
   <source>Everything else</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>F1 lists all keys, Ctrl+, changes theme and language. Help shows this tour again.</source>
   <translation>F1 列出所有按键，Ctrl+, 更改主题和语言。“帮助”中可再次查看此导览。</translation>
  </message>
  <message>
   <source>Import images …</source>
   <translation>导入图像 …</translation>
  </message>
  <message>
   <source>Add photographs, B-scans, DICOM files, folders or ZIP archives to the study</source>
   <translation>将照片、B 扫描、DICOM 文件、文件夹或 ZIP 压缩包加入研究</translation>
  </message>
  <message>
   <source>Importing</source>
   <translation>正在导入</translation>
  </message>
  <message>
   <source>Import stopped after {count} images: import the same files again to go on.</source>
   <translation>导入 {count} 幅图像后停止：再次导入相同文件即可继续。</translation>
  </message>
  <message>
   <source>An import is under way: wait for it, or cancel it first.</source>
   <translation>正在导入：请等待完成，或先取消。</translation>
  </message>
  <message>
   <source>Importing {done} of {total}</source>
   <translation>正在导入 {done} / {total}</translation>
  </message>
  <message>
   <source>Curate …</source>
   <translation>整理数据集快照 …</translation>
  </message>
  <message>
   <source>Write the settled images as a snapshot for training</source>
   <translation>将已裁定的图像写为训练用快照</translation>
  </message>
  <message>
   <source>Back up …</source>
   <translation>备份 …</translation>
  </message>
  <message>
   <source>Copy the whole study as it is now</source>
   <translation>按当前状态复制整个研究</translation>
  </message>
  <message>
   <source>Stopped: no snapshot was written.</source>
   <translation>已停止：未写入快照。</translation>
  </message>
  <message>
   <source>{images} and all gradings are in {out}.</source>
   <translation>{images} 及所有判读已保存到 {out}。</translation>
  </message>
  <message>
   <source>Stopped: nothing was written.</source>
   <translation>已停止：未写入任何内容。</translation>
  </message>
  <message>
   <source>Copying {done} of {total}</source>
   <translation>正在复制 {done} / {total}</translation>
  </message>
  <message>
   <source>Written. Its content hash: {hash}</source>
   <translation>已写入。内容哈希：{hash}</translation>
  </message>
  <message>
   <source>The study has lost or damaged image files: {images}</source>
   <translation>研究中有丢失或损坏的图像文件：{images}</translation>
  </message>
  <message>
   <source>Show on the image</source>
   <translation>在图像上显示</translation>
  </message>
  <message>
   <source>Unlock</source>
   <translation>解锁</translation>
  </message>
  <message>
   <source>Lock</source>
   <translation>锁定</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>Hide</source>
   <translation>隐藏</translation>
  </message>
  <message>
   <source>Zoom to the selection</source>
   <translation>缩放到所选</translation>
  </message>
  <message>
   <source>Show the selected shapes large</source>
   <translation>放大显示所选形状</translation>
  </message>
  <message>
   <source>Zoom to the disc</source>
   <translation>缩放到视盘</translation>
  </message>
  <message>
   <source>Show the optic disc large</source>
   <translation>放大显示视盘</translation>
  </message>
  <message>
   <source>Show where you are while zoomed in</source>
   <translation>放大时显示当前所在位置</translation>
  </message>
  <message>
   <source>Loupe</source>
   <translation>放大镜</translation>
  </message>
  <message>
   <source>Enlarge what is under the pointer</source>
   <translation>放大指针下的区域</translation>
  </message>
  <message>
   <source>True proportions</source>
   <translation>真实比例</translation>
  </message>
  <message>
   <source>Show a B-scan as high as the tissue is, by its pixel spacing</source>
   <translation>按像素间距以组织真实高度显示 B 扫描</translation>
  </message>
  <message>
   <source>Select the shapes to zoom to first.</source>
   <translation>请先选择要放大的形状。</translation>
  </message>
  <message>
   <source>No optic disc is drawn yet.</source>
   <translation>尚未绘制视盘。</translation>
  </message>
  <message>
   <source>ETDRS grid</source>
   <translation>ETDRS 网格</translation>
  </message>
  <message>
   <source>Show the ETDRS grid about the fovea</source>
   <translation>以黄斑中心凹为中心显示 ETDRS 网格</translation>
  </message>
  <message>
   <source>Quadrants and clock hours</source>
   <translation>象限与钟点</translation>
  </message>
  <message>
   <source>Show the quadrants about the fovea and the clock hours about the disc</source>
   <translation>显示以黄斑中心凹为中心的象限和以视盘为中心的钟点</translation>
  </message>
  <message>
   <source>Scale bar</source>
   <translation>比例尺</translation>
  </message>
  <message>
   <source>Show a length in the corner, from the pixel spacing or the disc</source>
   <translation>根据像素间距或视盘在角落显示长度</translation>
  </message>
  <message>
   <source>Measures</source>
   <translation>测量值</translation>
  </message>
  <message>
   <source>Show cup-disc ratio, disc area, and where the selected shape lies</source>
   <translation>显示杯盘比、视盘面积及所选形状的位置</translation>
  </message>
  <message>
   <source>{size} DA</source>
   <translation>{size} DA</translation>
  </message>
  <message>
   <source>{size} mm²</source>
   <translation>{size} mm²</translation>
  </message>
  <message>
   <source>{size} px²</source>
   <translation>{size} px²</translation>
  </message>
  <message>
   <source>The grid needs the fovea, and the disc's outline for its scale: draw them first.</source>
   <translation>网格需要黄斑中心凹，并需要视盘轮廓确定比例：请先绘制。</translation>
  </message>
  <message>
   <source>Draw the fovea for the quadrants, the disc's outline for the clock hours.</source>
   <translation>绘制黄斑中心凹以显示象限，绘制视盘轮廓以显示钟点。</translation>
  </message>
  <message>
   <source>vCDR {ratio}</source>
   <translation>垂直杯盘比 {ratio}</translation>
  </message>
  <message>
   <source>Disc {size}</source>
   <translation>视盘 {size}</translation>
  </message>
  <message>
   <source>{length} DD to the fovea</source>
   <translation>距黄斑中心凹 {length} DD</translation>
  </message>
  <message>
   <source>{hour} o'clock of the disc</source>
   <translation>视盘 {hour} 点钟方位</translation>
  </message>
  <message>
   <source>{what}  (Enter)</source>
   <translation>{what}（Enter）</translation>
  </message>
  <message>
   <source>One edit, which Ctrl+Z takes back; Esc leaves the shapes as they are</source>
   <translation>一次编辑，可用 Ctrl+Z 撤销；Esc 保持形状不变</translation>
  </message>
  <message>
   <source>{count} images compared.</source>
   <translation>已对比 {count} 幅图像。</translation>
  </message>
  <message>
   <source>Models …</source>
   <translation>模型 …</translation>
  </message>
  <message>
   <source>Versions of the models, where they come from, and which of them is used</source>
   <translation>模型的各个版本、其来源以及正在使用的版本</translation>
  </message>
  <message>
   <source>{model} runs with {version} from now on.</source>
   <translation>{model} 从现在起使用 {version}。</translation>
  </message>
  <message>
   <source>{version} is retired.</source>
   <translation>{version} 已停用。</translation>
  </message>
  <message>
   <source>{model} runs with the version again that it had before.</source>
   <translation>{model} 已恢复使用此前的版本。</translation>
  </message>
  <message>
   <source>{file} is a candidate now: nothing uses it until it is promoted.</source>
   <translation>{file} 现为候选版本：启用之前不会被使用。</translation>
  </message>
  <message>
   <source>Only an engineer of this study may change which weights are used.</source>
   <translation>只有本研究的工程师可以更改所用的权重。</translation>
  </message>
  <message>
   <source>Putting the images in order</source>
   <translation>正在排列图像</translation>
  </message>
  <message>
   <source>Switch grader …</source>
   <translation>切换判读者 …</translation>
  </message>
  <message>
   <source>Somebody else goes on grading; everything is saved</source>
   <translation>由他人继续判读；所有内容均已保存</translation>
  </message>
  <message>
   <source>My profile …</source>
   <translation>我的资料 …</translation>
  </message>
  <message>
   <source>Your role and your passphrase</source>
   <translation>您的角色和口令</translation>
  </message>
  <message>
   <source>People …</source>
   <translation>人员 …</translation>
  </message>
  <message>
   <source>Who is in the study, their roles and passphrases</source>
   <translation>研究中的人员及其角色和口令</translation>
  </message>
  <message>
   <source>{name} is asked for no passphrase now.</source>
   <translation>现在不再要求 {name} 输入口令。</translation>
  </message>
  <message>
   <source>Your passphrase is changed.</source>
   <translation>您的口令已更改。</translation>
  </message>
  <message>
   <source>You are asked for no passphrase now.</source>
   <translation>现在不再要求您输入口令。</translation>
  </message>
  <message>
   <source>The role of {name} is changed.</source>
   <translation>{name} 的角色已更改。</translation>
  </message>
  <message>
   <source>{name} is in the study again.</source>
   <translation>{name} 已重新加入研究。</translation>
  </message>
  <message>
   <source>{name} has left. Assign … gives their images to others.</source>
   <translation>{name} 已离开。“分配图像 …”可将其图像交给他人。</translation>
  </message>
  <message>
   <source>{name} is in the study now.</source>
   <translation>{name} 已加入研究。</translation>
  </message>
  <message>
   <source>Draw by keys</source>
   <translation>用按键绘制</translation>
  </message>
  <message>
   <source>A crosshair: arrows move it (Shift: far, Ctrl: one pixel), Enter sets points and ends; Esc leaves</source>
   <translation>十字线：方向键移动（Shift：大步，Ctrl：一个像素），Enter 放点并结束；Esc 离开</translation>
  </message>
  <message>
   <source>Arrows move the crosshair (Shift: far, Ctrl: one pixel); Enter sets points and ends; Esc leaves.</source>
   <translation>方向键移动十字线（Shift：大步，Ctrl：一个像素）；Enter 放点并结束；Esc 离开。</translation>
  </message>
  <message>
   <source>Preferences</source>
   <translation>首选项</translation>
  </message>
  <message>
   <source>Theme, language, size; default views and required grades of the study</source>
   <translation>主题、语言、大小；研究的默认视图和必填分级</translation>
  </message>
  <message>
   <source>Disc</source>
   <translation>视盘</translation>
  </message>
  <message>
   <source>Glaucoma, disc and cup</source>
   <translation>青光眼、视盘和视杯</translation>
  </message>
  <message>
   <source>Peripapillary atrophy</source>
   <translation>视盘周围萎缩</translation>
  </message>
  <message>
   <source>Lesions and DR grade</source>
   <translation>病变和 DR 分级</translation>
  </message>
  <message>
   <source>OCT class and lesions</source>
   <translation>OCT 分类和病变</translation>
  </message>
  <message>
   <source>Propose</source>
   <translation>生成建议</translation>
  </message>
  <message>
   <source>Ask the models for shapes and grades on this image</source>
   <translation>请模型对本图像给出形状和分级</translation>
  </message>
  <message>
   <source>Loading the models</source>
   <translation>正在加载模型</translation>
  </message>
  <message>
   <source>Model {place} of {count}: {model}</source>
   <translation>模型 {place} / {count}：{model}</translation>
  </message>
  <message>
   <source>Starting the models</source>
   <translation>正在启动模型</translation>
  </message>
  <message>
   <source>There are no weights yet for a model that reads this image: train one, or import its weights.</source>
   <translation>尚无可读取本图像的模型的权重：请训练一个模型，或导入其权重。</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Whether this model is asked for proposals</source>
   <translation>是否请此模型给出建议</translation>
  </message>
  <message>
   <source>No model is chosen for this image: choose one in the menu Proposals, Models.</source>
   <translation>没有为本图像选择模型：请在“建议”菜单的“模型”中选择一个。</translation>
  </message>
  <message>
   <source>The models offer one shape for {image}.</source>
   <translation>模型为 {image} 给出 1 个形状。</translation>
  </message>
  <message>
   <source>The models offer {count} shapes for {image}.</source>
   <translation>模型为 {image} 给出 {count} 个形状。</translation>
  </message>
  <message>
   <source>Next to do</source>
   <translation>下一幅待办</translation>
  </message>
  <message>
   <source>Go to the next image that is not submitted</source>
   <translation>转到下一幅未提交的图像</translation>
  </message>
  <message>
   <source>Take one more image</source>
   <translation>再领取一幅图像</translation>
  </message>
  <message>
   <source>Take an image that still lacks a grader</source>
   <translation>领取一幅仍缺判读者的图像</translation>
  </message>
  <message>
   <source>Every image given to you is submitted.</source>
   <translation>分配给您的图像均已提交。</translation>
  </message>
  <message>
   <source>Take one more (Enter)</source>
   <translation>再领取一幅 (Enter)</translation>
  </message>
  <message>
   <source>An image that still lacks a grader; Esc puts this line away</source>
   <translation>一幅仍缺判读者的图像；按 Esc 收起此行</translation>
  </message>
  <message>
   <source>There is no image left to take.</source>
   <translation>没有可领取的图像了。</translation>
  </message>
  <message>
   <source>Every image shown here is submitted.</source>
   <translation>此处显示的图像均已提交。</translation>
  </message>
  <message>
   <source>Refine by clicks</source>
   <translation>单击精修</translation>
  </message>
  <message>
   <source>Click what belongs to the shape and, right or with Alt, what does not; under review: F</source>
   <translation>单击属于该形状的部位，右键或 Alt 加单击不属于的部位；逐一审阅时按 F</translation>
  </message>
  <message>
   <source>Refine: click what belongs to it; right click what does not (Backspace: one back, Esc: leave)</source>
   <translation>精修：单击属于该形状的部位；右键单击不属于的部位（Backspace：退回一步，Esc：放弃）</translation>
  </message>
  <message>
   <source>The shape gets this outline; Ctrl+Z takes it back</source>
   <translation>形状将采用此轮廓；可用 Ctrl+Z 撤销</translation>
  </message>
  <message>
   <source>Keep  (Enter)</source>
   <translation>保留（Enter）</translation>
  </message>
  <message>
   <source>Refining</source>
   <translation>正在精修</translation>
  </message>
  <message>
   <source>A point cannot be refined.</source>
   <translation>点不能精修。</translation>
  </message>
  <message>
   <source>Select one ellipse or polygon to refine, or review a proposal.</source>
   <translation>请选择一个椭圆或多边形进行精修，或审阅一项建议。</translation>
  </message>
  <message>
   <source>Retraining {model} was cancelled.</source>
   <translation>{model} 的再训练已取消。</translation>
  </message>
  <message>
   <source>Retrain …</source>
   <translation>再训练 …</translation>
  </message>
  <message>
   <source>Let the models learn from what the graders have settled; you go on annotating meanwhile</source>
   <translation>让模型从判读者已裁定的结果中学习；其间您可以继续标注</translation>
  </message>
  <message>
   <source>{model} has learnt anew: its new weights are used from now on.</source>
   <translation>{model} 已重新学习：从现在起使用新权重。</translation>
  </message>
  <message>
   <source>The gate holds the new weights of {model} back: {reason}</source>
   <translation>准入检验暂不采用 {model} 的新权重：{reason}</translation>
  </message>
  <message>
   <source>Retraining {model} failed: {reason}</source>
   <translation>{model} 的再训练失败：{reason}</translation>
  </message>
  <message>
   <source>Review one by one</source>
   <translation>逐一审阅</translation>
  </message>
  <message>
   <source>Go through the proposals; on the canvas Tab begins it and goes to the next</source>
   <translation>逐项审阅建议；在画布上按 Tab 开始并转到下一项</translation>
  </message>
  <message>
   <source>Accept all of this label</source>
   <translation>接受此标签的全部建议</translation>
  </message>
  <message>
   <source>Take every open proposal of the chosen one's label into the grading, in one step</source>
   <translation>一步将与所选建议同标签的所有待定建议纳入判读</translation>
  </message>
  <message>
   <source>Reject all of this label</source>
   <translation>拒绝此标签的全部建议</translation>
  </message>
  <message>
   <source>Refuse every open proposal of the chosen one's label</source>
   <translation>拒绝与所选建议同标签的所有待定建议</translation>
  </message>
  <message>
   <source>Proposal {place} of {count}: {label}{score}</source>
   <translation>建议 {place} / {count}：{label}{score}</translation>
  </message>
  <message>
   <source>A accept · R reject · E edit · F refine · Tab next · Esc leave</source>
   <translation>A 接受 · R 拒绝 · E 编辑 · F 精修 · Tab 下一个 · Esc 退出</translation>
  </message>
  <message>
   <source>No proposal is open on this image.</source>
   <translation>本图像没有待定建议。</translation>
  </message>
  <message>
   <source>Every proposal that is shown is decided.</source>
   <translation>所显示的建议均已作出决定。</translation>
  </message>
  <message>
   <source>Give actions and labels other keys</source>
   <translation>为操作和标签设置其他按键</translation>
  </message>
  <message>
   <source>Worklist side</source>
   <translation>工作列表侧栏</translation>
  </message>
  <message>
   <source>Show the worklist and the lists below it</source>
   <translation>显示工作列表及其下方的列表</translation>
  </message>
  <message>
   <source>Grading side</source>
   <translation>判读侧栏</translation>
  </message>
  <message>
   <source>Show the labels and the grades</source>
   <translation>显示标签和分级</translation>
  </message>
  <message>
   <source>Canvas only</source>
   <translation>仅画布</translation>
  </message>
  <message>
   <source>Put both sides away to see the image large</source>
   <translation>收起两侧，放大查看图像</translation>
  </message>
  <message>
   <source>This study signs with a passphrase: set yours in Study, My profile.</source>
   <translation>本研究以口令签名：请在“研究”菜单的“我的资料”中设置口令。</translation>
  </message>
  <message>
   <source>Snap to the lesion</source>
   <translation>贴合病变</translation>
  </message>
  <message>
   <source>Fit the selected outline to the lesion inside it, or the one being drawn; again: the drawn one</source>
   <translation>使所选轮廓（或正在绘制的轮廓）贴合其中的病变；再按一次恢复所绘轮廓</translation>
  </message>
  <message>
   <source>Keep this outline  (Enter)</source>
   <translation>保留此轮廓（Enter）</translation>
  </message>
  <message>
   <source>The outline that is shown becomes the shape's; Ctrl+Z takes it back</source>
   <translation>所示轮廓将成为形状的轮廓；可用 Ctrl+Z 撤销</translation>
  </message>
  <message>
   <source>Snapping</source>
   <translation>正在贴合</translation>
  </message>
  <message>
   <source>Snapped outline shown (S: the drawn one, Esc: leave it)</source>
   <translation>显示贴合后的轮廓（S：所绘轮廓，Esc：放弃）</translation>
  </message>
  <message>
   <source>Drawn outline shown (S: the snapped one, Esc: leave it)</source>
   <translation>显示所绘轮廓（S：贴合后的轮廓，Esc：放弃）</translation>
  </message>
  <message>
   <source>Select one ellipse or polygon to snap.</source>
   <translation>请选择一个椭圆或多边形进行贴合。</translation>
  </message>
  <message>
   <source>This outline will be snapped to the lesion when it is finished.</source>
   <translation>此轮廓完成后将贴合病变。</translation>
  </message>
  <message>
   <source>1 image</source>
   <translation>1 幅图像</translation>
  </message>
  <message>
   <source>{count} images</source>
   <translation>{count} 幅图像</translation>
  </message>
  <message>
   <source>Brightness and contrast</source>
   <translation>亮度与对比度</translation>
  </message>
  <message>
   <source>Choose and blend views; set brightness, contrast and gamma, or the grey window</source>
   <translation>选择并混合视图；设置亮度、对比度和伽马，或灰度窗</translation>
  </message>
  <message>
   <source>Fill shapes</source>
   <translation>填充形状</translation>
  </message>
  <message>
   <source>Fill the shapes; it falsifies the colour of what lies below</source>
   <translation>填充形状；会使其下方的颜色失真</translation>
  </message>
  <message>
   <source>Plain image</source>
   <translation>原始图像</translation>
  </message>
  <message>
   <source>Show the image as it is, with its own brightness</source>
   <translation>按图像本来的样子和亮度显示</translation>
  </message>
  <message>
   <source>Preparing the view</source>
   <translation>正在准备视图</translation>
  </message>
  <message>
   <source>{view}, {share} %</source>
   <translation>{view}，{share} %</translation>
  </message>
  <message>
   <source>{view} · brightness changed</source>
   <translation>{view} · 亮度已更改</translation>
  </message>
  <message>
   <source>Show as</source>
   <translation>显示为</translation>
  </message>
  <message>
   <source>Previous B-scan</source>
   <translation>上一幅 B 扫描</translation>
  </message>
  <message>
   <source>Go to the previous B-scan of this volume</source>
   <translation>转到本容积扫描的上一幅 B 扫描</translation>
  </message>
  <message>
   <source>Next B-scan</source>
   <translation>下一幅 B 扫描</translation>
  </message>
  <message>
   <source>Go to the next B-scan of this volume</source>
   <translation>转到本容积扫描的下一幅 B 扫描</translation>
  </message>
  <message>
   <source>Volume</source>
   <translation>容积扫描</translation>
  </message>
  <message>
   <source>{settled} settled, {adjudication} for the adjudicator, {waiting} waiting for gradings. Counted anew: {images}.</source>
   <translation>{settled} 幅已裁定，{adjudication} 幅待仲裁，{waiting} 幅等待判读。重新计算：{images}。</translation>
  </message>
  <message>
   <source>Vote …</source>
   <translation>表决 …</translation>
  </message>
  <message>
   <source>Settle what the graders agree on</source>
   <translation>裁定判读者一致的内容</translation>
  </message>
  <message>
   <source>Vote rules …</source>
   <translation>表决规则 …</translation>
  </message>
  <message>
   <source>When an image is settled, and how</source>
   <translation>图像何时以及如何裁定</translation>
  </message>
  <message>
   <source>Stopped. What was voted on is kept; the next vote goes on there.</source>
   <translation>已停止。已表决的结果会保留；下次表决从此处继续。</translation>
  </message>
  <message>
   <source>Saved. They hold from the next vote on.</source>
   <translation>已保存。自下次表决起生效。</translation>
  </message>
  <message>
   <source>About Retina Studio</source>
   <translation>关于 Retina Studio</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Packages</source>
   <translation>软件包</translation>
  </message>
  <message>
   <source>Shipped weights</source>
   <translation>随附权重</translation>
  </message>
  <message>
   <source>Text of the licence</source>
   <translation>许可全文</translation>
  </message>
  <message>
   <source>Model card</source>
   <translation>模型卡</translation>
  </message>
  <message>
   <source>What is shipped</source>
   <translation>随附内容</translation>
  </message>
  <message>
   <source>Packages and licences</source>
   <translation>软件包与许可</translation>
  </message>
  <message>
   <source>Copy versions</source>
   <translation>复制版本信息</translation>
  </message>
  <message>
   <source>Copy the versions, for whoever helps</source>
   <translation>复制版本信息，供协助您的人使用</translation>
  </message>
  <message>
   <source>Reading packages and weights …</source>
   <translation>正在读取软件包和权重 …</translation>
  </message>
  <message>
   <source>System</source>
   <translation>系统</translation>
  </message>
  <message>
   <source>Package</source>
   <translation>软件包</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Licence</source>
   <translation>许可</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>SHA-256</source>
   <translation>SHA-256</translation>
  </message>
  <message>
   <source>Research software, not a medical device.</source>
   <translation>研究软件，并非医疗器械。</translation>
  </message>
  <message>
   <source>No proposal of it may be used for a diagnosis. Licence: Apache-2.0.</source>
   <translation>其任何建议均不得用于诊断。许可：Apache-2.0。</translation>
  </message>
  <message>
   <source>The package brings no text of its licence.</source>
   <translation>该软件包未附许可全文。</translation>
  </message>
  <message>
   <source>There is no model card here.</source>
   <translation>此处没有模型卡。</translation>
  </message>
  <message>
   <source>not listed</source>
   <translation>未列出</translation>
  </message>
  <message>
   <source>Everything</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>Warnings and errors</source>
   <translation>警告和错误</translation>
  </message>
  <message>
   <source>Errors</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>note</source>
   <translation>注</translation>
  </message>
  <message>
   <source>warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>It stays on this computer, and holds no name of an image, a grader or a folder.</source>
   <translation>它只留在本机，不含图像、判读者或文件夹的名称。</translation>
  </message>
  <message>
   <source>Entries</source>
   <translation>条目</translation>
  </message>
  <message>
   <source>Entries, the newest first</source>
   <translation>条目，最新的在前</translation>
  </message>
  <message>
   <source>Log</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>Which entries</source>
   <translation>显示哪些条目</translation>
  </message>
  <message>
   <source>Filter by a word</source>
   <translation>按词筛选</translation>
  </message>
  <message>
   <source>Show only entries that hold this text</source>
   <translation>只显示含有此文字的条目</translation>
  </message>
  <message>
   <source>The whole entry</source>
   <translation>完整条目</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <source>Copy the entries shown</source>
   <translation>复制所示条目</translation>
  </message>
  <message>
   <source>The log and the crash reports are there</source>
   <translation>日志和崩溃报告在此</translation>
  </message>
  <message>
   <source>Refresh</source>
   <translation>刷新</translation>
  </message>
  <message>
   <source>Read the log again</source>
   <translation>重新读取日志</translation>
  </message>
  <message>
   <source>Close the log</source>
   <translation>关闭日志</translation>
  </message>
  <message>
   <source>When</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>What</source>
   <translation>内容</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>文字</translation>
  </message>
  <message>
   <source>Skip the tour</source>
   <translation>跳过导览</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>上一步</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>下一步</translation>
  </message>
  <message>
   <source>{number} of {all}</source>
   <translation>第 {number} 步，共 {all} 步</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>The work in the background failed: {error}</source>
   <translation>后台任务失败：{error}</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>按键</translation>
  </message>
  <message>
   <source>Search actions and keys</source>
   <translation>搜索操作和按键</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>搜索</translation>
  </message>
  <message>
   <source>Show only actions whose name or key holds this text</source>
   <translation>仅显示名称或按键包含此文字的操作</translation>
  </message>
  <message>
   <source>Change</source>
   <translation>更改</translation>
  </message>
  <message>
   <source>Press a new key for this action (Enter)</source>
   <translation>为此操作按下新的按键（Enter）</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Leave this action without a key (Delete)</source>
   <translation>使此操作没有按键（Delete）</translation>
  </message>
  <message>
   <source>Usual key</source>
   <translation>默认按键</translation>
  </message>
  <message>
   <source>Give this action its usual key back</source>
   <translation>恢复此操作的默认按键</translation>
  </message>
  <message>
   <source>All usual</source>
   <translation>全部默认</translation>
  </message>
  <message>
   <source>Give every action its usual keys back</source>
   <translation>恢复所有操作的默认按键</translation>
  </message>
  <message>
   <source>{key} belongs to {others}: press it again to take it from there.</source>
   <translation>{key} 已属于{others}：再按一次即改归此操作。</translation>
  </message>
  <message>
   <source>Every action has its usual keys.</source>
   <translation>所有操作均已恢复默认按键。</translation>
  </message>
  <message>
   <source>Double click or Enter records a new key</source>
   <translation>双击或按 Enter 录入新的按键</translation>
  </message>
  <message>
   <source>New key</source>
   <translation>新按键</translation>
  </message>
  <message>
   <source>Press the new key</source>
   <translation>请按下新的按键</translation>
  </message>
  <message>
   <source>Changed by you</source>
   <translation>已由您更改</translation>
  </message>
  <message>
   <source>Press the key for “{action}”; Esc gives up.</source>
   <translation>请为“{action}”按下按键；Esc 放弃。</translation>
  </message>
  <message>
   <source>{keys} belongs to another action now.</source>
   <translation>{keys} 现已属于其他操作。</translation>
  </message>
  <message>
   <source>Action</source>
   <translation>操作</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>按键</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>工具</translation>
  </message>
  <message>
   <source>Adjudicator</source>
   <translation>仲裁者</translation>
  </message>
  <message>
   <source>Engineer</source>
   <translation>工程师</translation>
  </message>
  <message>
   <source>{role} {name} in the study {folder}</source>
   <translation>{role} {name}，研究 {folder}</translation>
  </message>
  <message>
   <source>Lists</source>
   <translation>列表</translation>
  </message>
  <message>
   <source>Shapes</source>
   <translation>形状</translation>
  </message>
  <message>
   <source>History</source>
   <translation>历史记录</translation>
  </message>
  <message>
   <source>Labels and grades</source>
   <translation>标签与分级</translation>
  </message>
  <message>
   <source>grader</source>
   <translation>判读者</translation>
  </message>
  <message>
   <source>adjudicator</source>
   <translation>仲裁者</translation>
  </message>
  <message>
   <source>engineer</source>
   <translation>工程师</translation>
  </message>
  <message>
   <source>Role</source>
   <translation>角色</translation>
  </message>
  <message>
   <source>Only the gradings of graders vote; adjudicators and engineers run the study</source>
   <translation>只有判读者的判读参与表决；仲裁者和工程师管理研究</translation>
  </message>
  <message>
   <source>This is not the passphrase of {name}.</source>
   <translation>这不是 {name} 的口令。</translation>
  </message>
  <message>
   <source>Who is grading?</source>
   <translation>由谁判读？</translation>
  </message>
  <message>
   <source>Graders</source>
   <translation>判读者</translation>
  </message>
  <message>
   <source>The graders of this study</source>
   <translation>本研究的判读者</translation>
  </message>
  <message>
   <source>Your name</source>
   <translation>您的姓名</translation>
  </message>
  <message>
   <source>The name under which your gradings are kept</source>
   <translation>保存您的判读所用的姓名</translation>
  </message>
  <message>
   <source>Passphrase</source>
   <translation>口令</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>Sign</source>
   <translation>签名</translation>
  </message>
  <message>
   <source>Your passphrase signs this grading.</source>
   <translation>您的口令将签署此判读。</translation>
  </message>
  <message>
   <source>Sign and submit</source>
   <translation>签名并提交</translation>
  </message>
  <message>
   <source>Your gradings are kept under your name.</source>
   <translation>您的判读将以您的姓名保存。</translation>
  </message>
  <message>
   <source>Sign as {name}</source>
   <translation>以 {name} 签名</translation>
  </message>
  <message>
   <source>Select the shapes to delete first.</source>
   <translation>请先选择要删除的形状。</translation>
  </message>
  <message>
   <source>Undo: {edit}</source>
   <translation>撤销：{edit}</translation>
  </message>
  <message>
   <source>Redo: {edit}</source>
   <translation>重做：{edit}</translation>
  </message>
  <message>
   <source>Order</source>
   <translation>顺序</translation>
  </message>
  <message>
   <source>Which images come first</source>
   <translation>哪些图像排在前面</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>筛选</translation>
  </message>
  <message>
   <source>Which images are listed</source>
   <translation>列出哪些图像</translation>
  </message>
  <message>
   <source>Label or grade</source>
   <translation>标签或分级</translation>
  </message>
  <message>
   <source>What better and worse mean: by one label or grade, or by all of them</source>
   <translation>“改善”和“变差”的依据：某一标签或分级，或全部</translation>
  </message>
  <message>
   <source>The images that were compared</source>
   <translation>已对比的图像</translation>
  </message>
  <message>
   <source>Worse first</source>
   <translation>变差在前</translation>
  </message>
  <message>
   <source>Better first</source>
   <translation>改善在前</translation>
  </message>
  <message>
   <source>Most different first</source>
   <translation>差异最大在前</translation>
  </message>
  <message>
   <source>By name</source>
   <translation>按名称</translation>
  </message>
  <message>
   <source>All images</source>
   <translation>全部图像</translation>
  </message>
  <message>
   <source>Only better</source>
   <translation>仅改善</translation>
  </message>
  <message>
   <source>Only worse</source>
   <translation>仅变差</translation>
  </message>
  <message>
   <source>Only unchanged</source>
   <translation>仅不变</translation>
  </message>
  <message>
   <source>All labels and grades</source>
   <translation>全部标签和分级</translation>
  </message>
  <message>
   <source>What changed: {model}</source>
   <translation>变化：{model}</translation>
  </message>
  <message>
   <source>Before: {version}</source>
   <translation>之前：{version}</translation>
  </message>
  <message>
   <source>After: {version}</source>
   <translation>之后：{version}</translation>
  </message>
  <message>
   <source>{model}: {count} images of the split “{split}” of {snapshot}</source>
   <translation>{model}：{snapshot} 的划分“{split}”中的 {count} 幅图像</translation>
  </message>
  <message>
   <source>Show what is settled of the image, in white</source>
   <translation>以白色显示本图像已裁定的内容</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>检出</translation>
  </message>
  <message>
   <source>Show what the versions found</source>
   <translation>显示两个版本检出的内容</translation>
  </message>
  <message>
   <source>Fit</source>
   <translation>适合窗口</translation>
  </message>
  <message>
   <source>Snapshots (*.h5)</source>
   <translation>快照 (*.h5)</translation>
  </message>
  <message>
   <source>Both versions look at images that neither was trained on. Choose the snapshot that holds them; its split “test” is kept apart for this.</source>
   <translation>两个版本读取的都是双方均未用于训练的图像。请选择包含这些图像的快照；其划分“test”专为此保留。</translation>
  </message>
  <message>
   <source>Before</source>
   <translation>之前</translation>
  </message>
  <message>
   <source>The version to start from</source>
   <translation>作为起点的版本</translation>
  </message>
  <message>
   <source>After</source>
   <translation>之后</translation>
  </message>
  <message>
   <source>The version that it is compared with</source>
   <translation>与之对比的版本</translation>
  </message>
  <message>
   <source>Snapshot</source>
   <translation>快照</translation>
  </message>
  <message>
   <source>A curated store, made with Curate</source>
   <translation>用“整理数据集快照”生成的快照</translation>
  </message>
  <message>
   <source>Split</source>
   <translation>划分</translation>
  </message>
  <message>
   <source>Which images of the snapshot</source>
   <translation>快照中的哪些图像</translation>
  </message>
  <message>
   <source>Choose a snapshot</source>
   <translation>选择快照</translation>
  </message>
  <message>
   <source>test</source>
   <translation>测试集（test）</translation>
  </message>
  <message>
   <source>val</source>
   <translation>验证集（val）</translation>
  </message>
  <message>
   <source>train</source>
   <translation>训练集（train）</translation>
  </message>
  <message>
   <source>Weights (*.safetensors)</source>
   <translation>权重 (*.safetensors)</translation>
  </message>
  <message>
   <source>One version of each model makes the proposals. A candidate is used once it is promoted.</source>
   <translation>每个模型由一个版本生成建议。候选版本启用后才会使用。</translation>
  </message>
  <message>
   <source>Import</source>
   <translation>导入</translation>
  </message>
  <message>
   <source>Where the chosen version comes from, and what was done with it</source>
   <translation>所选版本的来源及其经过的操作</translation>
  </message>
  <message>
   <source>Reason (needed to promote, roll back or retire)</source>
   <translation>理由（启用、回退或停用时必填）</translation>
  </message>
  <message>
   <source>Why; it is kept in the history</source>
   <translation>原因；保存在历史记录中</translation>
  </message>
  <message>
   <source>Promote</source>
   <translation>启用</translation>
  </message>
  <message>
   <source>Use this version from now on; the one before is retired</source>
   <translation>从现在起使用此版本；之前的版本停用</translation>
  </message>
  <message>
   <source>Roll back</source>
   <translation>回退</translation>
  </message>
  <message>
   <source>Use the version of this model again that was used before</source>
   <translation>重新使用此模型之前所用的版本</translation>
  </message>
  <message>
   <source>Retire</source>
   <translation>停用</translation>
  </message>
  <message>
   <source>Put this version away: no roll back leads to it</source>
   <translation>停用此版本：回退不会再回到该版本</translation>
  </message>
  <message>
   <source>Copy the file of this version</source>
   <translation>复制此版本的文件</translation>
  </message>
  <message>
   <source>What changed …</source>
   <translation>变化 …</translation>
  </message>
  <message>
   <source>Compare this version with another on held-out images</source>
   <translation>在留出图像上将此版本与另一版本对比</translation>
  </message>
  <message>
   <source>Weights file</source>
   <translation>权重文件</translation>
  </message>
  <message>
   <source>A safetensors file of Retina Studio</source>
   <translation>Retina Studio 的 safetensors 文件</translation>
  </message>
  <message>
   <source>Weights file to import (*.safetensors)</source>
   <translation>要导入的权重文件 (*.safetensors)</translation>
  </message>
  <message>
   <source>The file's SHA-256, if you were told it</source>
   <translation>文件的 SHA-256（如已告知）</translation>
  </message>
  <message>
   <source>The file is refused where it has another one</source>
   <translation>若文件的 SHA-256 不同，则拒绝该文件</translation>
  </message>
  <message>
   <source>Added</source>
   <translation>添加时间</translation>
  </message>
  <message>
   <source>By</source>
   <translation>添加者</translation>
  </message>
  <message>
   <source>Figures</source>
   <translation>指标</translation>
  </message>
  <message>
   <source>Every version of the models' weights</source>
   <translation>模型权重的所有版本</translation>
  </message>
  <message>
   <source>Choose a weights file</source>
   <translation>选择权重文件</translation>
  </message>
  <message>
   <source>shipped</source>
   <translation>程序自带</translation>
  </message>
  <message>
   <source>Export weights</source>
   <translation>导出权重</translation>
  </message>
  <message>
   <source>nearness of the point</source>
   <translation>点的接近程度</translation>
  </message>
  <message>
   <source>chance given to the settled grade</source>
   <translation>赋予裁定分级的概率</translation>
  </message>
  <message>
   <source>Better</source>
   <translation>改善</translation>
  </message>
  <message>
   <source>Worse</source>
   <translation>变差</translation>
  </message>
  <message>
   <source>Right grades</source>
   <translation>分级正确</translation>
  </message>
  <message>
   <source>In total</source>
   <translation>总体</translation>
  </message>
  <message>
   <source>Means over all images; choose a line to list the images by it</source>
   <translation>所有图像的平均值；选择一行可按其列出图像</translation>
  </message>
  <message>
   <source>{before} before, {after} after</source>
   <translation>之前 {before}，之后 {after}</translation>
  </message>
  <message>
   <source>candidate</source>
   <translation>候选</translation>
  </message>
  <message>
   <source>current</source>
   <translation>当前</translation>
  </message>
  <message>
   <source>retired</source>
   <translation>已停用</translation>
  </message>
  <message>
   <source>came with the application</source>
   <translation>程序自带</translation>
  </message>
  <message>
   <source>a run on this computer</source>
   <translation>本机上的一次训练</translation>
  </message>
  <message>
   <source>an imported file</source>
   <translation>导入的文件</translation>
  </message>
  <message>
   <source>added</source>
   <translation>已添加</translation>
  </message>
  <message>
   <source>promoted</source>
   <translation>已启用</translation>
  </message>
  <message>
   <source>rolled back to</source>
   <translation>已回退至此版本</translation>
  </message>
  <message>
   <source>{scale}: {answer} (settled: {truth})</source>
   <translation>{scale}：{answer}（裁定：{truth}）</translation>
  </message>
  <message>
   <source>Origin</source>
   <translation>来源</translation>
  </message>
  <message>
   <source>Trained from, or in the place of</source>
   <translation>训练起点或所取代的版本</translation>
  </message>
  <message>
   <source>Trained on the snapshot</source>
   <translation>训练所用的快照</translation>
  </message>
  <message>
   <source>Stages</source>
   <translation>训练阶段</translation>
  </message>
  <message>
   <source>Input</source>
   <translation>输入</translation>
  </message>
  <message>
   <source>Trained with</source>
   <translation>训练软件</translation>
  </message>
  <message>
   <source>Recipe</source>
   <translation>训练配置</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>{done} of {total} images compared</source>
   <translation>已对比 {done} / {total} 幅图像</translation>
  </message>
  <message>
   <source>vCDR</source>
   <translation>垂直杯盘比</translation>
  </message>
  <message>
   <source>PPA</source>
   <translation>PPA</translation>
  </message>
  <message>
   <source>The model {model} says {answer}; click to take it into your grading</source>
   <translation>模型 {model} 的结果为 {answer}；单击可将其纳入您的判读</translation>
  </message>
  <message>
   <source>The model {model} says {answer}; so does your grading</source>
   <translation>模型 {model} 的结果为 {answer}；与您的判读相同</translation>
  </message>
  <message>
   <source>Take over {answer}</source>
   <translation>采用 {answer}</translation>
  </message>
  <message>
   <source>AI says</source>
   <translation>AI 结果</translation>
  </message>
  <message>
   <source>{given} to be given; then {complete} images have all their graders.</source>
   <translation>将分配 {given} 项；之后 {complete} 幅图像的判读者齐全。</translation>
  </message>
  <message>
   <source>{count} images still lack graders: there are too few.</source>
   <translation>{count} 幅图像仍缺判读者：人数不足。</translation>
  </message>
  <message>
   <source>What was given before stays. From then on graders see only the images given to them.</source>
   <translation>此前的分配保留。此后判读者只能看到分配给自己的图像。</translation>
  </message>
  <message>
   <source>Some images that a grader has submitted come again, unmarked and empty. How far the two gradings agree is in the agreement report; only the first one votes.</source>
   <translation>判读者已提交的部分图像会再次出现，不加标记且为空白。两次判读的一致程度见一致性报告；只有第一次参与表决。</translation>
  </message>
  <message>
   <source>Assign images</source>
   <translation>分配图像</translation>
  </message>
  <message>
   <source>Assign</source>
   <translation>分配</translation>
  </message>
  <message>
   <source>Graders per image</source>
   <translation>每幅图像的判读者人数</translation>
  </message>
  <message>
   <source>How many graders each image is to have</source>
   <translation>每幅图像应有多少位判读者</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>随机种子</translation>
  </message>
  <message>
   <source>The same seed shuffles in the same way</source>
   <translation>相同的种子产生相同的顺序</translation>
  </message>
  <message>
   <source>wanted by</source>
   <translation>截止日期</translation>
  </message>
  <message>
   <source>Give the new images a due date</source>
   <translation>为新分配的图像设置截止日期</translation>
  </message>
  <message>
   <source>Due date</source>
   <translation>截止日期</translation>
  </message>
  <message>
   <source>Only the ticked graders are given images</source>
   <translation>仅向勾选的判读者分配图像</translation>
  </message>
  <message>
   <source>Hidden repeats</source>
   <translation>隐藏的重复图像</translation>
  </message>
  <message>
   <source>Give repeats</source>
   <translation>分配重复图像</translation>
  </message>
  <message>
   <source>Days since</source>
   <translation>间隔天数</translation>
  </message>
  <message>
   <source>How long ago the first grading was submitted</source>
   <translation>首次判读提交距今的时间</translation>
  </message>
  <message>
   <source>Share</source>
   <translation>比例</translation>
  </message>
  <message>
   <source>Of each grader's images, in per cent</source>
   <translation>占每位判读者图像的百分比</translation>
  </message>
  <message>
   <source>The same seed chooses the same images</source>
   <translation>相同的种子选出相同的图像</translation>
  </message>
  <message>
   <source>Submitted at least so many days ago</source>
   <translation>提交至今至少天数</translation>
  </message>
  <message>
   <source>Share of each grader's images</source>
   <translation>占每位判读者图像的比例</translation>
  </message>
  <message>
   <source>New images</source>
   <translation>新图像</translation>
  </message>
  <message>
   <source>Tick the graders who are to be given images.</source>
   <translation>请勾选要分配图像的判读者。</translation>
  </message>
  <message>
   <source>CAM</source>
   <translation>CAM</translation>
  </message>
  <message>
   <source>Show where the model looked (M)</source>
   <translation>显示模型关注的区域（M）</translation>
  </message>
  <message>
   <source>Opacity of the CAM</source>
   <translation>CAM 的不透明度</translation>
  </message>
  <message>
   <source>More about the CAM</source>
   <translation>CAM 的更多选项</translation>
  </message>
  <message>
   <source>Which map, its colours and its line</source>
   <translation>哪张图、其颜色和等值线</translation>
  </message>
  <message>
   <source>Map</source>
   <translation>CAM 图</translation>
  </message>
  <message>
   <source>What the map explains</source>
   <translation>CAM 图解释的对象</translation>
  </message>
  <message>
   <source>Evidence that the line surrounds</source>
   <translation>等值线所围的证据强度</translation>
  </message>
  <message>
   <source>Colours of the CAM</source>
   <translation>CAM 的颜色</translation>
  </message>
  <message>
   <source>Label of the outline</source>
   <translation>轮廓的标签</translation>
  </message>
  <message>
   <source>What the area inside the line is offered as</source>
   <translation>等值线内的区域以何种标签列为建议</translation>
  </message>
  <message>
   <source>Outline</source>
   <translation>轮廓</translation>
  </message>
  <message>
   <source>Outline as a proposal</source>
   <translation>将轮廓列为建议</translation>
  </message>
  <message>
   <source>Offer the area inside the line as a coarse proposal, to be corrected</source>
   <translation>将等值线内的区域列为粗略的建议，供修正</translation>
  </message>
  <message>
   <source>Current</source>
   <translation>当前</translation>
  </message>
  <message>
   <source>Line at</source>
   <translation>等值线</translation>
  </message>
  <message>
   <source>Colours</source>
   <translation>颜色</translation>
  </message>
  <message>
   <source>Offer as</source>
   <translation>建议为</translation>
  </message>
  <message>
   <source>A grader's gradings of these images never vote; they are compared with the known answers.</source>
   <translation>判读者对这些图像的判读不参与表决，仅与已知答案比较。</translation>
  </message>
  <message>
   <source>Certification</source>
   <translation>资格考核</translation>
  </message>
  <message>
   <source>Give to the ticked</source>
   <translation>分配给勾选者</translation>
  </message>
  <message>
   <source>Set</source>
   <translation>考核集</translation>
  </message>
  <message>
   <source>The images with known answers</source>
   <translation>已知答案的图像</translation>
  </message>
  <message>
   <source>Tick who is given the set</source>
   <translation>勾选要分配考核集的判读者</translation>
  </message>
  <message>
   <source>Results</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>How everybody did, the newest first</source>
   <translation>每个人的成绩，最新的在前</translation>
  </message>
  <message>
   <source>Only certified graders are given images</source>
   <translation>仅向通过考核的判读者分配图像</translation>
  </message>
  <message>
   <source>Whoever passed a set the last time they did it</source>
   <translation>最近一次考核通过者</translation>
  </message>
  <message>
   <source>Name of a new set</source>
   <translation>新考核集的名称</translation>
  </message>
  <message>
   <source>A set is made of all images that one person has submitted</source>
   <translation>考核集由一位人员已提交的全部图像组成</translation>
  </message>
  <message>
   <source>Whose gradings are the answers</source>
   <translation>以谁的判读为答案</translation>
  </message>
  <message>
   <source>Make set</source>
   <translation>建立考核集</translation>
  </message>
  <message>
   <source>Of all images that this person has submitted</source>
   <translation>由此人已提交的全部图像建立</translation>
  </message>
  <message>
   <source>New set</source>
   <translation>新考核集</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Scores</source>
   <translation>成绩</translation>
  </message>
  <message>
   <source>{name} ({count} images)</source>
   <translation>{name}（{count} 幅图像）</translation>
  </message>
  <message>
   <source>passed</source>
   <translation>通过</translation>
  </message>
  <message>
   <source>not passed</source>
   <translation>未通过</translation>
  </message>
  <message>
   <source>answers of</source>
   <translation>答案来自</translation>
  </message>
  <message>
   <source>right eye</source>
   <translation>右眼</translation>
  </message>
  <message>
   <source>left eye</source>
   <translation>左眼</translation>
  </message>
  <message>
   <source>Which image is shown beside the open one</source>
   <translation>在打开的图像旁边显示哪幅图像</translation>
  </message>
  <message>
   <source>Mirror</source>
   <translation>镜像</translation>
  </message>
  <message>
   <source>Exchange left and right</source>
   <translation>左右互换</translation>
  </message>
  <message>
   <source>Link</source>
   <translation>联动</translation>
  </message>
  <message>
   <source>Zoom and move both images together</source>
   <translation>两幅图像一起缩放和移动</translation>
  </message>
  <message>
   <source>Close the image beside (J)</source>
   <translation>关闭旁边的图像（J）</translation>
  </message>
  <message>
   <source>No image</source>
   <translation>没有图像</translation>
  </message>
  <message>
   <source>All is read and checked before anything is changed. Labels that the files answer replace the grader's own; a submitted grading becomes a new version.</source>
   <translation>在更改任何内容之前会先全部读取并检查。文件所含的标注会替换判读者自己的标注；已提交的判读将成为新版本。</translation>
  </message>
  <message>
   <source>A file, a folder, or a ZIP file of one; images are found by their names</source>
   <translation>一个文件、文件夹或 ZIP 文件；图像按名称匹配</translation>
  </message>
  <message>
   <source>The format of the files</source>
   <translation>文件的格式</translation>
  </message>
  <message>
   <source>Export labels</source>
   <translation>导出标注</translation>
  </message>
  <message>
   <source>Whose labels</source>
   <translation>谁的标注</translation>
  </message>
  <message>
   <source>The consensus, or the gradings of one grader</source>
   <translation>共识，或一位判读者的判读</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Where to write; existing files of the same names are replaced</source>
   <translation>写入位置；已有的同名文件将被替换</translation>
  </message>
  <message>
   <source>Labels of</source>
   <translation>标注来自</translation>
  </message>
  <message>
   <source>Holds: {content}</source>
   <translation>包含：{content}</translation>
  </message>
  <message>
   <source>Import labels</source>
   <translation>导入标注</translation>
  </message>
  <message>
   <source>Whose labels they are</source>
   <translation>这些标注属于谁</translation>
  </message>
  <message>
   <source>The grader whose gradings these become</source>
   <translation>这些标注将成为哪位判读者的判读</translation>
  </message>
  <message>
   <source>Tick as many graders as were counted</source>
   <translation>勾选与计数相同人数的判读者</translation>
  </message>
  <message>
   <source>Submit each grading afterwards</source>
   <translation>导入后提交每份判读</translation>
  </message>
  <message>
   <source>Only submitted gradings vote</source>
   <translation>只有已提交的判读参与表决</translation>
  </message>
  <message>
   <source>Reads: {content}</source>
   <translation>读取：{content}</translation>
  </message>
  <message>
   <source>Everybody</source>
   <translation>所有人</translation>
  </message>
  <message>
   <source>File …</source>
   <translation>文件 …</translation>
  </message>
  <message>
   <source>Folder …</source>
   <translation>文件夹 …</translation>
  </message>
  <message>
   <source>Error</source>
   <translation>错误</translation>
  </message>
  <message>
   <source>Warning</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>提示</translation>
  </message>
  <message>
   <source>Grades and shapes agree with each other.</source>
   <translation>分级与形状相互一致。</translation>
  </message>
  <message>
   <source>One point to look at</source>
   <translation>有一处需要查看</translation>
  </message>
  <message>
   <source>{count} points to look at</source>
   <translation>有 {count} 处需要查看</translation>
  </message>
  <message>
   <source>{remedy}; it can be undone</source>
   <translation>{remedy}；可以撤销</translation>
  </message>
  <message>
   <source>Click to see the shapes it is about</source>
   <translation>单击查看相关形状</translation>
  </message>
  <message>
   <source>Hand in this grading (Ctrl+Return)</source>
   <translation>提交本次判读（Ctrl+Return）</translation>
  </message>
  <message>
   <source>Comment</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Anything worth saying about this image; saved as you write</source>
   <translation>关于本图像值得说明的内容；边写边保存</translation>
  </message>
  <message>
   <source>Still to do: {list}</source>
   <translation>尚需完成：{list}</translation>
  </message>
  <message>
   <source>Submitted</source>
   <translation>已提交</translation>
  </message>
  <message>
   <source>Signed by {name}, {time}: {meaning}</source>
   <translation>由 {name} 于 {time} 签名：{meaning}</translation>
  </message>
  <message>
   <source>Submitted. This grading can be read, not changed.</source>
   <translation>已提交。此判读只能查看，不能更改。</translation>
  </message>
  <message>
   <source>The server cannot be reached: your edits are kept on this computer and sent when it answers.</source>
   <translation>无法连接服务器：您的编辑保存在本机，待服务器恢复后发送。</translation>
  </message>
  <message>
   <source>Understood</source>
   <translation>知道了</translation>
  </message>
  <message>
   <source>Put this line away</source>
   <translation>收起此行</translation>
  </message>
  <message>
   <source>Open it again as a new version; the submitted one is kept</source>
   <translation>作为新版本重新打开；已提交的版本会保留</translation>
  </message>
  <message>
   <source>Reopen</source>
   <translation>重新打开</translation>
  </message>
  <message>
   <source>Loading the shapes: they can be changed in a moment.</source>
   <translation>正在加载形状：稍后即可更改。</translation>
  </message>
  <message>
   <source>Returned by the adjudicator: {comment}</source>
   <translation>仲裁者退回：{comment}</translation>
  </message>
  <message>
   <source>Put this line away; the worklist keeps it</source>
   <translation>收起此行；工作列表中会保留</translation>
  </message>
  <message>
   <source>Nothing done yet</source>
   <translation>尚无操作</translation>
  </message>
  <message>
   <source>Every edit of this grading; choose one to go back to it</source>
   <translation>本判读的所有编辑；选择一项即可回到该处</translation>
  </message>
  <message>
   <source>1 image imported</source>
   <translation>已导入 1 幅图像</translation>
  </message>
  <message>
   <source>{count} images imported</source>
   <translation>已导入 {count} 幅图像</translation>
  </message>
  <message>
   <source>Import images</source>
   <translation>导入图像</translation>
  </message>
  <message>
   <source>Files and folders to import</source>
   <translation>要导入的文件和文件夹</translation>
  </message>
  <message>
   <source>Drop files, folders or ZIP archives here</source>
   <translation>将文件、文件夹或 ZIP 压缩包拖放到此处</translation>
  </message>
  <message>
   <source>Add files …</source>
   <translation>添加文件 …</translation>
  </message>
  <message>
   <source>Images, DICOM files, OCT volumes, ZIP</source>
   <translation>图像、DICOM 文件、OCT 容积扫描、ZIP</translation>
  </message>
  <message>
   <source>Add a folder …</source>
   <translation>添加文件夹 …</translation>
  </message>
  <message>
   <source>All images in a folder and the folders inside it</source>
   <translation>文件夹及其子文件夹中的所有图像</translation>
  </message>
  <message>
   <source>Choose images, volumes or ZIP archives</source>
   <translation>选择图像、容积扫描或 ZIP 压缩包</translation>
  </message>
  <message>
   <source>Choose a folder of images</source>
   <translation>选择图像文件夹</translation>
  </message>
  <message>
   <source>Names, dates and other marks of identity are removed from the copies in the study. Your files stay as they are.</source>
   <translation>研究中的副本会去除姓名、日期及其他身份标识。您的文件保持不变。</translation>
  </message>
  <message>
   <source>Details of the import</source>
   <translation>导入详情</translation>
  </message>
  <message>
   <source>{count} there already</source>
   <translation>{count} 个已存在</translation>
  </message>
  <message>
   <source>{count} refused</source>
   <translation>{count} 个被拒绝</translation>
  </message>
  <message>
   <source>Not taken:</source>
   <translation>未导入：</translation>
  </message>
  <message>
   <source>These may have writing burnt into the picture, a name perhaps: please look at them:</source>
   <translation>以下图像中可能有烧录的文字（如姓名），请检查：</translation>
  </message>
  <message>
   <source>The names of these images tell who the patient is:</source>
   <translation>以下图像的名称会透露患者身份：</translation>
  </message>
  <message>
   <source>These were given another name, because theirs told who the patient is:</source>
   <translation>以下图像因原名会透露患者身份而改名：</translation>
  </message>
  <message>
   <source>In the study already:</source>
   <translation>研究中已有：</translation>
  </message>
  <message>
   <source>Fundus photographs</source>
   <translation>眼底照片</translation>
  </message>
  <message>
   <source>OCT B-scans</source>
   <translation>OCT B 扫描</translation>
  </message>
  <message>
   <source>Add files or a folder first</source>
   <translation>请先添加文件或文件夹</translation>
  </message>
  <message>
   <source>Where a file does not say it, these are</source>
   <translation>文件中未说明时，按此类处理</translation>
  </message>
  <message>
   <source>DICOM files and OCT volumes say it themselves</source>
   <translation>DICOM 文件和 OCT 容积扫描自身已说明</translation>
  </message>
  <message>
   <source>What became of it</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>详情</translation>
  </message>
  <message>
   <source>Cancelled: nothing was changed.</source>
   <translation>已取消：未更改任何内容。</translation>
  </message>
  <message>
   <source>Writes every settled image with its consensus, all gradings and the split by patient into one file that never changes. A snapshot that is there is replaced only once the new one is checked.</source>
   <translation>将每幅已裁定的图像连同共识、所有判读和按患者的划分写入一个不再变化的文件。已有的快照只有在新快照通过检查后才会被替换。</translation>
  </message>
  <message>
   <source>The HDF5 file to write, outside the study</source>
   <translation>要写入的 HDF5 文件，位于研究之外</translation>
  </message>
  <message>
   <source>Copies the whole study, as it is at this moment, into a new folder. Everybody can go on grading.</source>
   <translation>将整个研究按当前状态复制到新文件夹。所有人都可以继续判读。</translation>
  </message>
  <message>
   <source>A folder that is made in it holds the copy</source>
   <translation>副本保存在其中新建的文件夹内</translation>
  </message>
  <message>
   <source>Curate</source>
   <translation>整理数据集快照</translation>
  </message>
  <message>
   <source>Write snapshot</source>
   <translation>写入快照</translation>
  </message>
  <message>
   <source>Back up</source>
   <translation>备份</translation>
  </message>
  <message>
   <source>In the folder</source>
   <translation>所在文件夹</translation>
  </message>
  <message>
   <source>Choose where to write</source>
   <translation>选择写入位置</translation>
  </message>
  <message>
   <source>drawn</source>
   <translation>已绘</translation>
  </message>
  <message>
   <source>show</source>
   <translation>显示</translation>
  </message>
  <message>
   <source>key</source>
   <translation>按键</translation>
  </message>
  <message>
   <source>No {label}</source>
   <translation>无{label}</translation>
  </message>
  <message>
   <source>There is no {label} in this image</source>
   <translation>本图像中没有{label}</translation>
  </message>
  <message>
   <source>Show {label}</source>
   <translation>显示{label}</translation>
  </message>
  <message>
   <source>Show or hide these shapes; right click: how opaque they are</source>
   <translation>显示或隐藏这些形状；右键：不透明度</translation>
  </message>
  <message>
   <source>{label}: draw it ({key})</source>
   <translation>{label}：绘制（{key}）</translation>
  </message>
  <message>
   <source>{label}: draw it</source>
   <translation>{label}：绘制</translation>
  </message>
  <message>
   <source>Double click selects all; right click sets how opaque they are</source>
   <translation>双击全选；右键设置不透明度</translation>
  </message>
  <message>
   <source>Or drag on the image with the right mouse button: sideways contrast, up and down brightness</source>
   <translation>也可用鼠标右键在图像上拖动：左右调对比度，上下调亮度</translation>
  </message>
  <message>
   <source>How much the shapes are filled; a fill falsifies the colour of what is graded</source>
   <translation>形状的填充程度；填充会使被判读区域的颜色失真</translation>
  </message>
  <message>
   <source>How much of the view lies over the plain image</source>
   <translation>视图叠加在原始图像上的程度</translation>
  </message>
  <message>
   <source>Or drag on the scan with the right mouse button: sideways the width, up and down the level</source>
   <translation>也可用鼠标右键在扫描上拖动：左右调窗宽，上下调窗位</translation>
  </message>
  <message>
   <source>Above 1 lifts the dark parts</source>
   <translation>大于 1 时提亮暗部</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>重置</translation>
  </message>
  <message>
   <source>The view in full, with its own brightness and contrast</source>
   <translation>完整视图，恢复其本来的亮度和对比度</translation>
  </message>
  <message>
   <source>Close this panel</source>
   <translation>关闭此面板</translation>
  </message>
  <message>
   <source>Blend</source>
   <translation>混合</translation>
  </message>
  <message>
   <source>Brightness</source>
   <translation>亮度</translation>
  </message>
  <message>
   <source>Contrast</source>
   <translation>对比度</translation>
  </message>
  <message>
   <source>Gamma</source>
   <translation>伽马</translation>
  </message>
  <message>
   <source>Grey level</source>
   <translation>灰度窗位</translation>
  </message>
  <message>
   <source>Grey width</source>
   <translation>灰度窗宽</translation>
  </message>
  <message>
   <source>Shape fill</source>
   <translation>形状填充</translation>
  </message>
  <message>
   <source>DR grade</source>
   <translation>DR 分级</translation>
  </message>
  <message>
   <source>OCT class</source>
   <translation>OCT 分类</translation>
  </message>
  <message>
   <source>Model {model}</source>
   <translation>模型 {model}</translation>
  </message>
  <message>
   <source>Disc (localiser)</source>
   <translation>视盘（定位模型）</translation>
  </message>
  <message>
   <source>OCT: {grade}</source>
   <translation>OCT：{grade}</translation>
  </message>
  <message>
   <source>{scale} (predicted)</source>
   <translation>{scale}（预测）</translation>
  </message>
  <message>
   <source>What is proposed; a click sorts by it</source>
   <translation>建议的内容；单击可按其排序</translation>
  </message>
  <message>
   <source>Which model proposes it</source>
   <translation>给出建议的模型</translation>
  </message>
  <message>
   <source>Score</source>
   <translation>得分</translation>
  </message>
  <message>
   <source>How sure the model is, 0 to 1; a click sorts by it</source>
   <translation>模型的把握程度，0 至 1；单击可按其排序</translation>
  </message>
  <message>
   <source>Decision</source>
   <translation>决定</translation>
  </message>
  <message>
   <source>What you made of it</source>
   <translation>您对该建议的决定</translation>
  </message>
  <message>
   <source>{label}, weights {hash}</source>
   <translation>{label}，权重 {hash}</translation>
  </message>
  <message>
   <source>What the models offer; choose one to see it on the image</source>
   <translation>模型给出的建议；选择一项即可在图像上查看</translation>
  </message>
  <message>
   <source>accepted</source>
   <translation>已接受</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>已修改</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>已拒绝</translation>
  </message>
  <message>
   <source>Opacity of {label}</source>
   <translation>{label}的不透明度</translation>
  </message>
  <message>
   <source>Dice of the proposals with your own shapes</source>
   <translation>建议与您所绘形状的 Dice</translation>
  </message>
  <message>
   <source>Dice: 1 where both cover the same pixels, 0 where they share none</source>
   <translation>Dice：两者覆盖相同像素时为 1，没有共同像素时为 0</translation>
  </message>
  <message>
   <source>Dice with your own (yours / offered)</source>
   <translation>与自己所画的 Dice（自己 / 建议）</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>选择文件夹</translation>
  </message>
  <message>
   <source>Choose a file</source>
   <translation>选择文件</translation>
  </message>
  <message>
   <source>Only the gradings of graders vote. Adjudicators settle what is disputed; engineers run it.</source>
   <translation>只有判读者的判读参与表决。仲裁者裁定有争议的内容；工程师管理研究。</translation>
  </message>
  <message>
   <source>Their gradings stay; images they have not begun can be given to others</source>
   <translation>其判读会保留；尚未开始的图像可以交给他人</translation>
  </message>
  <message>
   <source>Your role in this study: {role}.</source>
   <translation>您在本研究中的角色：{role}。</translation>
  </message>
  <message>
   <source>The passphrase is asked when you open the study. Leave the new one empty to be asked for none.</source>
   <translation>打开研究时会要求输入口令。新口令留空则不再要求。</translation>
  </message>
  <message>
   <source>People</source>
   <translation>人员</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>The people of this study</source>
   <translation>本研究的人员</translation>
  </message>
  <message>
   <source>Forget passphrase</source>
   <translation>清除口令</translation>
  </message>
  <message>
   <source>Nothing is asked of them until they set a new one</source>
   <translation>在其设置新口令之前不要求输入口令</translation>
  </message>
  <message>
   <source>Name of a new person</source>
   <translation>新人员的姓名</translation>
  </message>
  <message>
   <source>The name under which their gradings are kept</source>
   <translation>其判读所用的姓名</translation>
  </message>
  <message>
   <source>My profile: {name}</source>
   <translation>我的资料：{name}</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>保存</translation>
  </message>
  <message>
   <source>Passphrase now</source>
   <translation>当前口令</translation>
  </message>
  <message>
   <source>New passphrase</source>
   <translation>新口令</translation>
  </message>
  <message>
   <source>New passphrase again</source>
   <translation>再次输入新口令</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>姓名</translation>
  </message>
  <message>
   <source>In the study</source>
   <translation>在研究中</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>has left</source>
   <translation>已离开</translation>
  </message>
  <message>
   <source>Leaves the study</source>
   <translation>离开研究</translation>
  </message>
  <message>
   <source>Comes back</source>
   <translation>重新加入</translation>
  </message>
  <message>
   <source>They can grade again</source>
   <translation>可以再次判读</translation>
  </message>
  <message>
   <source>The two new passphrases are not the same</source>
   <translation>两次输入的新口令不一致</translation>
  </message>
  <message>
   <source>{action} proposal</source>
   <translation>{action}建议</translation>
  </message>
  <message>
   <source>Least score</source>
   <translation>最低得分</translation>
  </message>
  <message>
   <source>Hide proposals with a lower score</source>
   <translation>隐藏得分更低的建议</translation>
  </message>
  <message>
   <source>Accept</source>
   <translation>接受</translation>
  </message>
  <message>
   <source>Take the chosen proposal into the grading (Y)</source>
   <translation>将所选建议纳入判读（Y）</translation>
  </message>
  <message>
   <source>Take it into the grading and correct it (R)</source>
   <translation>纳入判读并加以修正（R）</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>拒绝</translation>
  </message>
  <message>
   <source>Refuse the chosen proposal (X)</source>
   <translation>拒绝所选建议（X）</translation>
  </message>
  <message>
   <source>Accept all</source>
   <translation>全部接受</translation>
  </message>
  <message>
   <source>Take every open proposal that is shown, in one step (Shift+Y)</source>
   <translation>一步将所有显示的待定建议纳入判读（Shift+Y）</translation>
  </message>
  <message>
   <source>{labels} can be drawn once only: what you have of it stays.</source>
   <translation>{labels} 只能绘制一次：您已绘制的保留不变。</translation>
  </message>
  <message>
   <source>Score from</source>
   <translation>最低得分</translation>
  </message>
  <message>
   <source>No proposals for this image yet</source>
   <translation>本图像尚无建议</translation>
  </message>
  <message>
   <source>{count} hidden</source>
   <translation>已隐藏 {count} 项</translation>
  </message>
  <message>
   <source>Needed before you submit</source>
   <translation>提交前必须完成</translation>
  </message>
  <message>
   <source>{title}: tick when it is seen, then say in how many quadrants</source>
   <translation>{title}：看到时勾选，再说明累及几个象限</translation>
  </message>
  <message>
   <source>Press again to take it back.</source>
   <translation>再按一次可取消。</translation>
  </message>
  <message>
   <source>ellipse</source>
   <translation>椭圆</translation>
  </message>
  <message>
   <source>polygon</source>
   <translation>多边形</translation>
  </message>
  <message>
   <source>point</source>
   <translation>点</translation>
  </message>
  <message>
   <source>ST</source>
   <translation>颞上</translation>
  </message>
  <message>
   <source>SN</source>
   <translation>鼻上</translation>
  </message>
  <message>
   <source>IT</source>
   <translation>颞下</translation>
  </message>
  <message>
   <source>IN</source>
   <translation>鼻下</translation>
  </message>
  <message>
   <source>centre</source>
   <translation>中心</translation>
  </message>
  <message>
   <source>in. sup.</source>
   <translation>内上</translation>
  </message>
  <message>
   <source>in. nas.</source>
   <translation>内鼻</translation>
  </message>
  <message>
   <source>in. inf.</source>
   <translation>内下</translation>
  </message>
  <message>
   <source>in. tem.</source>
   <translation>内颞</translation>
  </message>
  <message>
   <source>out. sup.</source>
   <translation>外上</translation>
  </message>
  <message>
   <source>out. nas.</source>
   <translation>外鼻</translation>
  </message>
  <message>
   <source>out. inf.</source>
   <translation>外下</translation>
  </message>
  <message>
   <source>out. tem.</source>
   <translation>外颞</translation>
  </message>
  <message>
   <source>outside</source>
   <translation>区外</translation>
  </message>
  <message>
   <source>inner superior</source>
   <translation>内环上方</translation>
  </message>
  <message>
   <source>inner nasal</source>
   <translation>内环鼻侧</translation>
  </message>
  <message>
   <source>inner inferior</source>
   <translation>内环下方</translation>
  </message>
  <message>
   <source>inner temporal</source>
   <translation>内环颞侧</translation>
  </message>
  <message>
   <source>outer superior</source>
   <translation>外环上方</translation>
  </message>
  <message>
   <source>outer nasal</source>
   <translation>外环鼻侧</translation>
  </message>
  <message>
   <source>outer inferior</source>
   <translation>外环下方</translation>
  </message>
  <message>
   <source>outer temporal</source>
   <translation>外环颞侧</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <source>Size in image pixels</source>
   <translation>以图像像素计的大小</translation>
  </message>
  <message>
   <source>Quad.</source>
   <translation>象限</translation>
  </message>
  <message>
   <source>Quadrant about the fovea</source>
   <translation>以黄斑中心凹划分的象限</translation>
  </message>
  <message>
   <source>Field</source>
   <translation>分区</translation>
  </message>
  <message>
   <source>Field of the ETDRS grid</source>
   <translation>ETDRS 网格分区</translation>
  </message>
  <message>
   <source>DD</source>
   <translation>DD</translation>
  </message>
  <message>
   <source>Distance to the fovea in disc diameters</source>
   <translation>到黄斑中心凹的距离（视盘直径）</translation>
  </message>
  <message>
   <source>Area</source>
   <translation>面积</translation>
  </message>
  <message>
   <source>Area in disc areas (DA), mm² or square pixels, whichever is known</source>
   <translation>面积，以视盘面积（DA）、mm² 或平方像素计，视已知信息而定</translation>
  </message>
  <message>
   <source>Area: {units}</source>
   <translation>面积：{units}</translation>
  </message>
  <message>
   <source>Quadrant about the fovea: {name}</source>
   <translation>以黄斑中心凹划分的象限：{name}</translation>
  </message>
  <message>
   <source>ETDRS field: {name}</source>
   <translation>ETDRS 分区：{name}</translation>
  </message>
  <message>
   <source>{distance} disc diameters from the fovea</source>
   <translation>距黄斑中心凹 {distance} 个视盘直径</translation>
  </message>
  <message>
   <source>{area} disc areas</source>
   <translation>{area} 个视盘面积</translation>
  </message>
  <message>
   <source>Locked; click to unlock it</source>
   <translation>已锁定；单击解锁</translation>
  </message>
  <message>
   <source>Not locked; click to lock it</source>
   <translation>未锁定；单击锁定</translation>
  </message>
  <message>
   <source>Hidden; click to show it</source>
   <translation>已隐藏；单击显示</translation>
  </message>
  <message>
   <source>Seen; click to hide it</source>
   <translation>可见；单击隐藏</translation>
  </message>
  <message>
   <source>Show the shapes of one label</source>
   <translation>仅显示某一标签的形状</translation>
  </message>
  <message>
   <source>Nothing drawn yet</source>
   <translation>尚未绘制</translation>
  </message>
  <message>
   <source>The shapes of this grading; double click shows one on the image</source>
   <translation>本判读的形状；双击可在图像上查看</translation>
  </message>
  <message>
   <source>Pointer position in image pixels</source>
   <translation>指针位置（图像像素）</translation>
  </message>
  <message>
   <source>Zoom</source>
   <translation>缩放</translation>
  </message>
  <message>
   <source>Saved state</source>
   <translation>保存状态</translation>
  </message>
  <message>
   <source>Every edit is saved as soon as it is made</source>
   <translation>每次编辑完成即保存</translation>
  </message>
  <message>
   <source>Cancel this work</source>
   <translation>取消此任务</translation>
  </message>
  <message>
   <source>Cancelling</source>
   <translation>正在取消</translation>
  </message>
  <message>
   <source>B-scan</source>
   <translation>B 扫描</translation>
  </message>
  <message>
   <source>Go through the B-scans of this volume (Ctrl+Up, Ctrl+Down)</source>
   <translation>浏览本容积扫描的 B 扫描（Ctrl+Up、Ctrl+Down）</translation>
  </message>
  <message>
   <source>Previous B-scan (Ctrl+Up)</source>
   <translation>上一幅 B 扫描（Ctrl+Up）</translation>
  </message>
  <message>
   <source>Next B-scan (Ctrl+Down)</source>
   <translation>下一幅 B 扫描（Ctrl+Down）</translation>
  </message>
  <message>
   <source>B-scan {place} / {count}</source>
   <translation>B 扫描 {place} / {count}</translation>
  </message>
  <message>
   <source>An image waits until so many gradings of it are submitted.</source>
   <translation>图像在提交的判读达到此数之前不参与表决。</translation>
  </message>
  <message>
   <source>Graders who must agree</source>
   <translation>须一致的判读者人数</translation>
  </message>
  <message>
   <source>What fewer agree on goes to the adjudicator. 0: more than half, so 2 of 3.</source>
   <translation>一致人数不足的内容交由仲裁者。0：超过半数，即三人中的两人。</translation>
  </message>
  <message>
   <source>Disc, cup and atrophy: the pixels a majority drew, or STAPLE, which weighs graders by their skill.</source>
   <translation>视盘、视杯和萎缩：多数人绘制的像素，或 STAPLE（按判读者的水平加权）。</translation>
  </message>
  <message>
   <source>Fovea: farthest from the median</source>
   <translation>黄斑中心凹：距中位点的最大距离</translation>
  </message>
  <message>
   <source>A share of the image's longer side. The disc is about 0.13 of it in a 45° photograph.</source>
   <translation>占图像长边的比例。在 45° 照片中视盘约为 0.13。</translation>
  </message>
  <message>
   <source>Matched one by one: one that too few drew is disputed. By pixel: a majority of pixels. By grade: all that was drawn by those whose grade is the settled one.</source>
   <translation>逐个匹配：绘制人数过少的病变列为争议。按像素：多数人绘制的像素。按分级：分级与裁定一致者所绘的全部内容。</translation>
  </message>
  <message>
   <source>Same lesion from this overlap</source>
   <translation>视为同一病变的最小重叠</translation>
  </message>
  <message>
   <source>Intersection over union, 0 to 1.</source>
   <translation>交并比，0 至 1。</translation>
  </message>
  <message>
   <source>Or centres nearer than</source>
   <translation>或中心距离小于</translation>
  </message>
  <message>
   <source>A share of the mean of the two diameters.</source>
   <translation>占两者平均直径的比例。</translation>
  </message>
  <message>
   <source>And always when nearer than</source>
   <translation>且小于此距离时一律视为同一病变</translation>
  </message>
  <message>
   <source>Pixels. Microaneurysms are a few pixels wide.</source>
   <translation>像素。微动脉瘤只有几个像素宽。</translation>
  </message>
  <message>
   <source>By distance only when sizes are alike</source>
   <translation>仅在大小相近时按距离匹配</translation>
  </message>
  <message>
   <source>The smaller diameter is at least this share of the larger one.</source>
   <translation>较小直径至少占较大直径的此比例。</translation>
  </message>
  <message>
   <source>Matched lesions become</source>
   <translation>匹配的病变合并为</translation>
  </message>
  <message>
   <source>The mean ellipse, the majority polygon, or whichever they were drawn as.</source>
   <translation>平均椭圆、多数多边形，或按其绘制的形式。</translation>
  </message>
  <message>
   <source>A cotton-wool spot complies with DR2</source>
   <translation>棉绒斑符合 DR2</translation>
  </message>
  <message>
   <source>As in the international scale; without the tick from DR3 on.</source>
   <translation>与国际分级一致；不勾选则自 DR3 起。</translation>
  </message>
  <message>
   <source>Of a grading votes</source>
   <translation>参与表决的判读版本</translation>
  </message>
  <message>
   <source>The newest version, or the last one from before the grader was shown what models propose. Who has none such does not vote.</source>
   <translation>最新版本，或判读者看到模型建议之前的最后版本。没有此类版本的判读者不参与表决。</translation>
  </message>
  <message>
   <source>Majority by pixel</source>
   <translation>按像素多数</translation>
  </message>
  <message>
   <source>STAPLE</source>
   <translation>STAPLE</translation>
  </message>
  <message>
   <source>Matched one by one</source>
   <translation>逐个匹配</translation>
  </message>
  <message>
   <source>Union by grade</source>
   <translation>按分级取并集</translation>
  </message>
  <message>
   <source>As they were drawn</source>
   <translation>按绘制的形式</translation>
  </message>
  <message>
   <source>Mean ellipse</source>
   <translation>平均椭圆</translation>
  </message>
  <message>
   <source>Majority polygon</source>
   <translation>多数多边形</translation>
  </message>
  <message>
   <source>The newest version</source>
   <translation>最新版本</translation>
  </message>
  <message>
   <source>The last before the reveal</source>
   <translation>显示建议前的最后版本</translation>
  </message>
  <message>
   <source>Settles what the graders agree on, and hands the rest to the adjudicator.</source>
   <translation>裁定判读者一致的内容，其余交由仲裁者。</translation>
  </message>
  <message>
   <source>They hold for the whole study from the next vote on; every snapshot keeps the rules it was made by.</source>
   <translation>自下次表决起对整个研究生效；每份快照都会保存其所用的规则。</translation>
  </message>
  <message>
   <source>Vote</source>
   <translation>表决</translation>
  </message>
  <message>
   <source>Vote rules</source>
   <translation>表决规则</translation>
  </message>
  <message>
   <source>The usual rules</source>
   <translation>默认规则</translation>
  </message>
  <message>
   <source>Fill the form with the rules that ship with the program</source>
   <translation>以程序自带的规则填写表单</translation>
  </message>
  <message>
   <source>The ticked labels are one area each; every other one is a lesion, settled one by one.</source>
   <translation>勾选的标签各为一个区域；其余均为病变，逐个裁定。</translation>
  </message>
  <message>
   <source>Voted as one area</source>
   <translation>作为一个区域表决</translation>
  </message>
  <message>
   <source>Assigned order</source>
   <translation>分配顺序</translation>
  </message>
  <message>
   <source>Most informative first</source>
   <translation>信息量最大在前</translation>
  </message>
  <message>
   <source>{done} of {all} submitted</source>
   <translation>已提交 {done} / {all}</translation>
  </message>
  <message>
   <source>All states</source>
   <translation>全部状态</translation>
  </message>
  <message>
   <source>To do</source>
   <translation>待完成</translation>
  </message>
  <message>
   <source>Returned</source>
   <translation>已退回</translation>
  </message>
  <message>
   <source>Due soon or overdue</source>
   <translation>即将到期或已逾期</translation>
  </message>
  <message>
   <source>Both eyes</source>
   <translation>双眼</translation>
  </message>
  <message>
   <source>Right eyes</source>
   <translation>右眼</translation>
  </message>
  <message>
   <source>Left eyes</source>
   <translation>左眼</translation>
  </message>
  <message>
   <source>Filter by name, eye or state</source>
   <translation>按名称、眼别或状态筛选</translation>
  </message>
  <message>
   <source>Filter the worklist</source>
   <translation>筛选工作列表</translation>
  </message>
  <message>
   <source>Show only images whose name, eye or state holds this text</source>
   <translation>仅显示名称、眼别或状态包含此文字的图像</translation>
  </message>
  <message>
   <source>Small pictures</source>
   <translation>缩略图</translation>
  </message>
  <message>
   <source>Show a small picture of each image</source>
   <translation>为每幅图像显示缩略图</translation>
  </message>
  <message>
   <source>Worklist</source>
   <translation>工作列表</translation>
  </message>
  <message>
   <source>The images of this study</source>
   <translation>本研究的图像</translation>
  </message>
  <message>
   <source> · {count} returned</source>
   <translation> · {count} 幅已退回</translation>
  </message>
  <message>
   <source>Show only some states, kinds or eyes</source>
   <translation>仅显示部分状态、类型或眼别</translation>
  </message>
  <message>
   <source>Choose which images come first</source>
   <translation>选择哪些图像排在前面</translation>
  </message>
  <message>
   <source>overdue: {count}</source>
   <translation>已逾期：{count}</translation>
  </message>
  <message>
   <source>Given to certify you: the answer is known</source>
   <translation>用于资格考核：答案已知</translation>
  </message>
  <message>
   <source>Given in the place of a grader who left</source>
   <translation>代替已离开的判读者</translation>
  </message>
  <message>
   <source>{width} × {height} pixels</source>
   <translation>{width} × {height} 像素</translation>
  </message>
  <message>
   <source>patient {patient}</source>
   <translation>患者 {patient}</translation>
  </message>
  <message>
   <source>in progress</source>
   <translation>进行中</translation>
  </message>
  <message>
   <source>submitted</source>
   <translation>已提交</translation>
  </message>
  <message>
   <source>overdue {date}</source>
   <translation>已逾期 {date}</translation>
  </message>
  <message>
   <source>due today</source>
   <translation>今日到期</translation>
  </message>
  <message>
   <source>due tomorrow</source>
   <translation>明日到期</translation>
  </message>
  <message>
   <source>due {date}</source>
   <translation>{date} 到期</translation>
  </message>
  <message>
   <source>B-scan {number}/{count}</source>
   <translation>B 扫描 {number}/{count}</translation>
  </message>
  <message>
   <source>taken {date}</source>
   <translation>拍摄于 {date}</translation>
  </message>
  <message>
   <source>Why here: {reason}</source>
   <translation>排在此处的原因：{reason}</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <source>These hold for every grader of the study.</source>
   <translation>以下设置对本研究的所有判读者有效。</translation>
  </message>
  <message>
   <source>An adjudicator or engineer of the study can change these.</source>
   <translation>本研究的仲裁者或工程师可以更改以下设置。</translation>
  </message>
  <message>
   <source>Saving is automatic: every edit is on disk before the screen shows it.</source>
   <translation>自动保存：每次编辑都先写入磁盘，再显示在屏幕上。</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>主题</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>语言</translation>
  </message>
  <message>
   <source>Blind first: no proposal before one's own reading is submitted</source>
   <translation>先盲读：提交自己的判读之前不显示建议</translation>
  </message>
  <message>
   <source>From the next image on that is opened; what changes after the reveal is counted in Agreement</source>
   <translation>从下一幅打开的图像起生效；揭示之后的更改计入“一致性”</translation>
  </message>
  <message>
   <source>Of the most informative first, drawn by chance</source>
   <translation>信息量优先时随机抽取的比例</translation>
  </message>
  <message>
   <source>So that the models do not choose alone what is graded; 0 takes only the most informative</source>
   <translation>以免只由模型决定判读哪些图像；0 表示只取信息量最大的</translation>
  </message>
  <message>
   <source>The size changes at the next start.</source>
   <translation>大小将在下次启动时更改。</translation>
  </message>
  <message>
   <source>Submitting asks for this grade</source>
   <translation>提交时必须填写此分级</translation>
  </message>
  <message>
   <source>This study</source>
   <translation>本研究</translation>
  </message>
  <message>
   <source>Images open in this view, from the next start on</source>
   <translation>图像打开时的视图（下次启动起生效）</translation>
  </message>
  <message>
   <source>Grades that submitting asks for</source>
   <translation>提交时必填的分级</translation>
  </message>
  <message>
   <source>Candidate</source>
   <translation>候选</translation>
  </message>
  <message>
   <source>Difference</source>
   <translation>差值</translation>
  </message>
  <message>
   <source>95 % interval</source>
   <translation>95 % 区间</translation>
  </message>
  <message>
   <source>Tolerance</source>
   <translation>容许量</translation>
  </message>
  <message>
   <source>Passed</source>
   <translation>通过</translation>
  </message>
  <message>
   <source>The gate's figures</source>
   <translation>准入检验的指标</translation>
  </message>
  <message>
   <source>Both weights on the same locked images; the figures that are no primary may fall so far</source>
   <translation>两份权重在同一批锁定图像上的结果；非主要指标最多可下降的幅度</translation>
  </message>
  <message>
   <source>{figure} (primary)</source>
   <translation>{figure}（主要指标）</translation>
  </message>
  <message>
   <source>must rise</source>
   <translation>必须提高</translation>
  </message>
  <message>
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <source>not judged</source>
   <translation>未判定</translation>
  </message>
  <message>
   <source>as long as its recipe says</source>
   <translation>按其训练配置</translation>
  </message>
  <message>
   <source>Training time</source>
   <translation>训练时间</translation>
  </message>
  <message>
   <source>When training ends, the best weights so far are kept</source>
   <translation>训练结束时保留迄今最佳的权重</translation>
  </message>
  <message>
   <source>Where</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>What training runs on</source>
   <translation>用什么设备训练</translation>
  </message>
  <message>
   <source>Not before</source>
   <translation>不早于</translation>
  </message>
  <message>
   <source>Begin later, such as over night; the application must be open then</source>
   <translation>稍后开始，例如夜间；届时应用程序须处于打开状态</translation>
  </message>
  <message>
   <source>Begin at</source>
   <translation>开始时间</translation>
  </message>
  <message>
   <source>Local time at which training may begin</source>
   <translation>训练最早开始的本地时间</translation>
  </message>
  <message>
   <source>at most {time} a model</source>
   <translation>每个模型最多 {time}</translation>
  </message>
  <message>
   <source>Train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>on</source>
   <translation>用于</translation>
  </message>
  <message>
   <source>{name}, epoch {epoch}: {value}</source>
   <translation>{name}，第 {epoch} 轮：{value}</translation>
  </message>
  <message>
   <source>Epoch</source>
   <translation>轮次</translation>
  </message>
  <message>
   <source>No epoch is through yet.</source>
   <translation>尚未完成一轮。</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>验证</translation>
  </message>
  <message>
   <source>training</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>dashed: validation</source>
   <translation>虚线：验证</translation>
  </message>
  <message>
   <source>best, kept</source>
   <translation>最佳，已保留</translation>
  </message>
  <message>
   <source>Example answers</source>
   <translation>示例结果</translation>
  </message>
  <message>
   <source>Epoch of the examples</source>
   <translation>示例的轮次</translation>
  </message>
  <message>
   <source>Which epoch's answers are shown (arrow keys); at the end, always the newest</source>
   <translation>显示哪一轮的结果（方向键）；位于末尾时始终显示最新</translation>
  </message>
  <message>
   <source>{stage}, epoch {epoch}</source>
   <translation>{stage}，第 {epoch} 轮</translation>
  </message>
  <message>
   <source>The picture of this epoch cannot be read.</source>
   <translation>无法读取这一轮的图片。</translation>
  </message>
  <message>
   <source>Examples are drawn after each epoch.</source>
   <translation>每一轮之后绘制示例。</translation>
  </message>
  <message>
   <source>{settled} images settled ({splits}) of {patients} patients; {unsettled} not yet. Agreement of the graders (Dice): {agreement}.</source>
   <translation>已裁定 {settled} 幅图像（{splits}），来自 {patients} 位患者；{unsettled} 幅尚未裁定。判读者一致性（Dice）：{agreement}。</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>训练集</translation>
  </message>
  <message>
   <source>Validation</source>
   <translation>验证集</translation>
  </message>
  <message>
   <source>Test</source>
   <translation>测试集</translation>
  </message>
  <message>
   <source>What the snapshot would hold</source>
   <translation>快照将包含的内容</translation>
  </message>
  <message>
   <source>Drawn on</source>
   <translation>已绘制于</translation>
  </message>
  <message>
   <source>Gradings that voted</source>
   <translation>参与表决的判读</translation>
  </message>
  <message>
   <source>Show the runs</source>
   <translation>显示训练记录</translation>
  </message>
  <message>
   <source>Retraining: {words}</source>
   <translation>再训练：{words}</translation>
  </message>
  <message>
   <source>{time} left</source>
   <translation>剩余 {time}</translation>
  </message>
  <message>
   <source>{count} images were settled since its weights were trained; from {threshold} on it is chosen by itself.</source>
   <translation>自其权重训练以来已裁定 {count} 幅图像；达到 {threshold} 幅后自动选中。</translation>
  </message>
  <message>
   <source>{count} of {threshold} images</source>
   <translation>{count} / {threshold} 幅图像</translation>
  </message>
  <message>
   <source>Training, validation and test images that answer this model</source>
   <translation>可供该模型训练、验证和测试的图像</translation>
  </message>
  <message>
   <source>Models to retrain</source>
   <translation>要再训练的模型</translation>
  </message>
  <message>
   <source>Tick the models to retrain (Space)</source>
   <translation>勾选要再训练的模型（空格键）</translation>
  </message>
  <message>
   <source>~ {time}</source>
   <translation>约 {time}</translation>
  </message>
  <message>
   <source>cannot be trained on this study yet</source>
   <translation>尚不能用本研究训练</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <source>Newly settled</source>
   <translation>新裁定</translation>
  </message>
  <message>
   <source>waiting</source>
   <translation>等待中</translation>
  </message>
  <message>
   <source>making the snapshot</source>
   <translation>正在生成快照</translation>
  </message>
  <message>
   <source>paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>at the gate</source>
   <translation>准入检验中</translation>
  </message>
  <message>
   <source>held back</source>
   <translation>暂不采用</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>cancelled</source>
   <translation>已取消</translation>
  </message>
  <message>
   <source>Started on {device}</source>
   <translation>已在 {device} 上开始</translation>
  </message>
  <message>
   <source>{split}: {done} of {images} images prepared</source>
   <translation>{split}：已准备 {done} / {images} 幅图像</translation>
  </message>
  <message>
   <source>Stage {stage}: at most {epochs} epochs</source>
   <translation>阶段 {stage}：最多 {epochs} 轮</translation>
  </message>
  <message>
   <source>Stage {stage}: taken up after epoch {epoch}</source>
   <translation>阶段 {stage}：从第 {epoch} 轮之后继续</translation>
  </message>
  <message>
   <source>{stage} {epoch}: the best so far, kept</source>
   <translation>{stage} {epoch}：迄今最佳，已保留</translation>
  </message>
  <message>
   <source>{stage} {epoch}: no more gain, a lower learning rate</source>
   <translation>{stage} {epoch}：不再提高，降低学习率</translation>
  </message>
  <message>
   <source>Training ended</source>
   <translation>训练结束</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min</source>
   <translation>{hours} 小时 {minutes} 分钟</translation>
  </message>
  <message>
   <source>{stage}, epoch {epoch} of {epochs}</source>
   <translation>{stage}，第 {epoch} 轮，共 {epochs} 轮</translation>
  </message>
  <message>
   <source>pausing after this epoch</source>
   <translation>本轮之后暂停</translation>
  </message>
  <message>
   <source>being cancelled</source>
   <translation>正在取消</translation>
  </message>
  <message>
   <source>from {time}</source>
   <translation>{time} 起</translation>
  </message>
  <message>
   <source>less than a minute</source>
   <translation>不到一分钟</translation>
  </message>
  <message>
   <source>{minutes} min</source>
   <translation>{minutes} 分钟</translation>
  </message>
  <message>
   <source>at the gate: {done} of {images} answers measured</source>
   <translation>准入检验：已测量 {done} / {images} 个结果</translation>
  </message>
  <message>
   <source>Memory {size}</source>
   <translation>内存 {size}</translation>
  </message>
  <message>
   <source>on the GPU {size}</source>
   <translation>GPU 上 {size}</translation>
  </message>
  <message>
   <source>At most {time}, one model after the other · up to {memory} of memory</source>
   <translation>最多 {time}，各模型依次进行 · 内存最多 {memory}</translation>
  </message>
  <message>
   <source>Warnings</source>
   <translation>警告</translation>
  </message>
  <message>
   <source>Estimate</source>
   <translation>估计</translation>
  </message>
  <message>
   <source>Retrain</source>
   <translation>再训练</translation>
  </message>
  <message>
   <source>Make a snapshot, train in a process of its own, and measure at the gate</source>
   <translation>生成快照，在独立进程中训练，并进行准入检验</translation>
  </message>
  <message>
   <source>Looking at the study …</source>
   <translation>正在查看研究 …</translation>
  </message>
  <message>
   <source>Retrain 1 model</source>
   <translation>再训练 1 个模型</translation>
  </message>
  <message>
   <source>Retrain {count} models</source>
   <translation>再训练 {count} 个模型</translation>
  </message>
  <message>
   <source>Only an engineer of this study may retrain its models.</source>
   <translation>只有本研究的工程师可以再训练其模型。</translation>
  </message>
  <message>
   <source>Tick the models to retrain.</source>
   <translation>请勾选要再训练的模型。</translation>
  </message>
  <message>
   <source>No image of this study is settled yet: there is nothing to learn from.</source>
   <translation>本研究尚无已裁定的图像：没有可供学习的内容。</translation>
  </message>
  <message>
   <source>Models learn from what the graders' vote has settled.</source>
   <translation>模型从判读者表决已裁定的结果中学习。</translation>
  </message>
  <message>
   <source>a guess, until a run was measured on this computer</source>
   <translation>推测值，直到在本机测得一次训练</translation>
  </message>
  <message>
   <source>How much of the training is through</source>
   <translation>训练已完成多少</translation>
  </message>
  <message>
   <source>Queue</source>
   <translation>队列</translation>
  </message>
  <message>
   <source>Runs in the order in which they are worked through</source>
   <translation>按处理顺序排列的训练</translation>
  </message>
  <message>
   <source>Asked</source>
   <translation>申请时间</translation>
  </message>
  <message>
   <source>Stage</source>
   <translation>阶段</translation>
  </message>
  <message>
   <source>Which stage of the training the curves show</source>
   <translation>曲线显示训练的哪个阶段</translation>
  </message>
  <message>
   <source>Which figures on the validation images are drawn</source>
   <translation>绘制验证图像上的哪些指标</translation>
  </message>
  <message>
   <source>Losses</source>
   <translation>损失</translation>
  </message>
  <message>
   <source>Figures on validation images</source>
   <translation>验证图像上的指标</translation>
  </message>
  <message>
   <source>Examples</source>
   <translation>示例</translation>
  </message>
  <message>
   <source>Stage: {stage}</source>
   <translation>阶段：{stage}</translation>
  </message>
  <message>
   <source>Main figures</source>
   <translation>主要指标</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Stop after this epoch; it gives its memory back</source>
   <translation>本轮之后停止，并归还内存</translation>
  </message>
  <message>
   <source>Continue</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Go on where it stopped</source>
   <translation>从停止处继续</translation>
  </message>
  <message>
   <source>End this run; the best weights so far are kept as a candidate</source>
   <translation>结束此次训练；迄今最佳的权重保留为候选版本</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>报告</translation>
  </message>
  <message>
   <source>Open the report of this training</source>
   <translation>打开此次训练的报告</translation>
  </message>
  <message>
   <source>Verdict</source>
   <translation>结论</translation>
  </message>
  <message>
   <source>What the gate says of this run</source>
   <translation>准入检验对此次训练的结论</translation>
  </message>
  <message>
   <source>Nothing was retrained yet. Choose models on the page “Plan”.</source>
   <translation>尚未再训练任何模型。请在“计划”页选择模型。</translation>
  </message>
  <message>
   <source>Really cancel?</source>
   <translation>确定取消？</translation>
  </message>
  <message>
   <source>Held back: {model} goes on with the weights it had.</source>
   <translation>暂不采用：{model} 继续使用原有权重。</translation>
  </message>
  <message>
   <source>Promoted then; by now {model} runs with other weights.</source>
   <translation>当时已启用；现在 {model} 使用其他权重。</translation>
  </message>
  <message>
   <source>Held back by the gate; promoted by a person all the same.</source>
   <translation>准入检验暂不采用；仍由人启用。</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>Whose verdict is shown</source>
   <translation>显示哪次训练的结论</translation>
  </message>
  <message>
   <source>Reasons</source>
   <translation>理由</translation>
  </message>
  <message>
   <source>Both weights side by side, image by image</source>
   <translation>两份权重并排，逐幅图像对照</translation>
  </message>
  <message>
   <source>Roll back …</source>
   <translation>回退 …</translation>
  </message>
  <message>
   <source>Every version of the models; one click rolls back</source>
   <translation>模型的所有版本；一键回退</translation>
  </message>
  <message>
   <source>Reason (needed to promote what the gate held back)</source>
   <translation>理由（启用准入检验暂不采用的版本时必填）</translation>
  </message>
  <message>
   <source>Why; it is kept in the audit trail with your name</source>
   <translation>原因；连同您的姓名保留在审计记录中</translation>
  </message>
  <message>
   <source>Promote all the same</source>
   <translation>仍然启用</translation>
  </message>
  <message>
   <source>Use the candidate in spite of the gate</source>
   <translation>不顾准入检验，使用候选版本</translation>
  </message>
  <message>
   <source>No run has come as far as the gate yet.</source>
   <translation>尚无训练进行到准入检验。</translation>
  </message>
  <message>
   <source>{model} {size}: candidate {candidate} against {current}, on {images} locked images of the split “{split}” of the snapshot {store}.</source>
   <translation>{model} {size}：候选 {candidate} 对比当前 {current}，使用快照 {store} 的划分“{split}”中 {images} 幅锁定图像。</translation>
  </message>
  <message>
   <source>Promoted: {model} runs with the new weights.</source>
   <translation>已启用：{model} 使用新权重。</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>无</translation>
  </message>
  <message>
   <source>Retraining</source>
   <translation>再训练</translation>
  </message>
  <message>
   <source>This installation cannot train: its training module is missing. Install it again, whole.</source>
   <translation>此安装无法训练：缺少训练模块。请完整地重新安装。</translation>
  </message>
  <message>
   <source>Asking for the runs …</source>
   <translation>正在查询训练 …</translation>
  </message>
  <message>
   <source>In the queue. It goes on while you annotate, and when this window is closed.</source>
   <translation>已加入队列。您标注时以及关闭此窗口后，它都会继续。</translation>
  </message>
  <message>
   <source>Promoting …</source>
   <translation>正在启用 …</translation>
  </message>
  <message>
   <source>Comparing …</source>
   <translation>正在对比 …</translation>
  </message>
  <message>
   <source>Stopped; nothing was changed.</source>
   <translation>已停止；未作任何更改。</translation>
  </message>
  <message>
   <source>Plan</source>
   <translation>计划</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>训练记录</translation>
  </message>
  <message>
   <source>There is no report of this run yet.</source>
   <translation>此次训练尚无报告。</translation>
  </message>
  <message>
   <source>processor, {count} cores</source>
   <translation>处理器，{count} 个核心</translation>
  </message>
  <message>
   <source>GPU</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>{first} or {second}: the model is unsure</source>
   <translation>{first}或{second}：模型不确定</translation>
  </message>
  <message>
   <source>{what}: the model is unsure</source>
   <translation>{what}：模型不确定</translation>
  </message>
  <message>
   <source>rare: {what}</source>
   <translation>罕见：{what}</translation>
  </message>
  <message>
   <source>Move {what}</source>
   <translation>移动{what}</translation>
  </message>
  <message>
   <source>Resize {what}</source>
   <translation>缩放{what}</translation>
  </message>
  <message>
   <source>Rotate {what}</source>
   <translation>旋转{what}</translation>
  </message>
  <message>
   <source>Paste mirrored {what}</source>
   <translation>镜像粘贴{what}</translation>
  </message>
  <message>
   <source>Paste {what}</source>
   <translation>粘贴{what}</translation>
  </message>
  <message>
   <source>Add vertex to {what}</source>
   <translation>为{what}添加顶点</translation>
  </message>
  <message>
   <source>Delete vertex of {what}</source>
   <translation>删除{what}的顶点</translation>
  </message>
  <message>
   <source>Delete {count} vertices of {what}</source>
   <translation>删除{what}的 {count} 个顶点</translation>
  </message>
  <message>
   <source>Duplicate {what}</source>
   <translation>复制{what}</translation>
  </message>
  <message>
   <source>Unite {what}</source>
   <translation>合并{what}</translation>
  </message>
  <message>
   <source>Split {what}</source>
   <translation>分割{what}</translation>
  </message>
  <message>
   <source>Brush {what}</source>
   <translation>涂画{what}</translation>
  </message>
  <message>
   <source>Erase {what}</source>
   <translation>擦除{what}</translation>
  </message>
  <message>
   <source>Convert {what}</source>
   <translation>转换{what}</translation>
  </message>
  <message>
   <source>Reshape {what}</source>
   <translation>修形{what}</translation>
  </message>
  <message>
   <source>Change {what}</source>
   <translation>更改{what}</translation>
  </message>
  <message>
   <source>Grow {what}</source>
   <translation>放大{what}</translation>
  </message>
  <message>
   <source>Add {what}</source>
   <translation>添加{what}</translation>
  </message>
  <message>
   <source>Delete {what}</source>
   <translation>删除{what}</translation>
  </message>
  <message>
   <source>Cut a hole in {what}</source>
   <translation>在{what}中挖孔</translation>
  </message>
  <message>
   <source>Fill holes of {what}</source>
   <translation>填充{what}的孔洞</translation>
  </message>
  <message>
   <source>Subtract {what} from {whole}</source>
   <translation>从{whole}中减去{what}</translation>
  </message>
  <message>
   <source>Accept {count} proposed {what}</source>
   <translation>接受 {count} 个建议的{what}</translation>
  </message>
  <message>
   <source>Accept proposed {what}</source>
   <translation>接受建议的{what}</translation>
  </message>
  <message>
   <source>Refine {what}</source>
   <translation>精修{what}</translation>
  </message>
  <message>
   <source>Relabel {what} to {label}</source>
   <translation>将{what}改为{label}</translation>
  </message>
  <message>
   <source>{scale}: {answer}</source>
   <translation>{scale}：{answer}</translation>
  </message>
  <message>
   <source>DR{grade} or more</source>
   <translation>DR{grade} 或更重</translation>
  </message>
  <message>
   <source>{things} is poor</source>
   <translation>{things}差</translation>
  </message>
  <message>
   <source>{things} are poor</source>
   <translation>{things}差</translation>
  </message>
  <message>
   <source>{first} and {second}</source>
   <translation>{first}和{second}</translation>
  </message>
  <message>
   <source>{first}, {second}</source>
   <translation>{first}、{second}</translation>
  </message>
  <message>
   <source>no {what}</source>
   <translation>无{what}</translation>
  </message>
  <message>
   <source>{count} {things}</source>
   <translation>{count} 处{things}</translation>
  </message>
  <message>
   <source>Clip the cup to the disc</source>
   <translation>将视杯裁剪到视盘内</translation>
  </message>
  <message>
   <source>Subtract the disc from the atrophy</source>
   <translation>从萎缩区减去视盘</translation>
  </message>
  <message>
   <source>Clip to the image</source>
   <translation>裁剪到图像内</translation>
  </message>
  <message>
   <source>Clip to image</source>
   <translation>裁剪到图像内</translation>
  </message>
  <message>
   <source>Clip OC to OD</source>
   <translation>将 OC 裁剪到 OD 内</translation>
  </message>
  <message>
   <source>shape</source>
   <translation>形状</translation>
  </message>
  <message>
   <source>shapes</source>
   <translation>形状</translation>
  </message>
  <message>
   <source>quadrant</source>
   <translation>象限</translation>
  </message>
  <message>
   <source>quadrants</source>
   <translation>象限</translation>
  </message>
  <message>
   <source>is</source>
   <translation>已</translation>
  </message>
  <message>
   <source>are</source>
   <translation>已</translation>
  </message>
  <message>
   <source>reaches</source>
   <translation>超出</translation>
  </message>
  <message>
   <source>reach</source>
   <translation>超出</translation>
  </message>
  <message>
   <source>left</source>
   <translation>左侧</translation>
  </message>
  <message>
   <source>right</source>
   <translation>右侧</translation>
  </message>
  <message>
   <source>image definition</source>
   <translation>图像清晰度</translation>
  </message>
  <message>
   <source>field definition</source>
   <translation>拍摄范围</translation>
  </message>
  <message>
   <source>no drusen are drawn</source>
   <translation>未绘制玻璃膜疣</translation>
  </message>
  <message>
   <source>no CNV is drawn</source>
   <translation>未绘制 CNV</translation>
  </message>
  <message>
   <source>no fluid is drawn</source>
   <translation>未绘制积液</translation>
  </message>
  <message>
   <source>graders often disagree on such images</source>
   <translation>判读者对此类图像常有分歧</translation>
  </message>
  <message>
   <source>random share</source>
   <translation>随机抽取</translation>
  </message>
  <message>
   <source>its reason is told once you have submitted it</source>
   <translation>您提交之后才会说明</translation>
  </message>
  <message>
   <source>What the models offer is shown once you have submitted your own grading of this image.</source>
   <translation>您提交自己对本图像的判读之后，才会显示模型给出的建议。</translation>
  </message>
  <message>
   <source>{label} is drawn as {kinds}, not as {kind}.</source>
   <translation>{label} 应绘制为{kinds}，而不是{kind}。</translation>
  </message>
  <message>
   <source> or </source>
   <translation>或</translation>
  </message>
  <message>
   <source>Paint on the selected shape, or beside it for a new one; [ and ] or Ctrl and wheel: size</source>
   <translation>在所选形状上涂画，或在旁边新建形状；[ 和 ] 或 Ctrl 加滚轮：大小</translation>
  </message>
  <message>
   <source>Erase from the selected shapes, or else from those of the current label; [ and ] or Ctrl and wheel: size</source>
   <translation>擦除所选形状，未选择时擦除当前标签的形状；[ 和 ] 或 Ctrl 加滚轮：大小</translation>
  </message>
  <message>
   <source>Brush: {size} pixels across</source>
   <translation>画笔：直径 {size} 像素</translation>
  </message>
  <message>
   <source>Nothing to erase here: select the shape first, or choose its label.</source>
   <translation>此处没有可擦除的内容：请先选择形状，或选择其标签。</translation>
  </message>
  <message>
   <source>{label} is drawn already: select it and paint on it.</source>
   <translation>{label} 已绘制：请选择它并在其上涂画。</translation>
  </message>
  <message>
   <source>Drag to draw an ellipse; Shift: circle, Alt: from the centre, Ctrl: long axis first.</source>
   <translation>拖动绘制椭圆；Shift：正圆，Alt：从中心开始，Ctrl：先长轴。</translation>
  </message>
  <message>
   <source>Move for the width and click; Enter takes it as it is, Esc gives it up.</source>
   <translation>移动确定宽度并单击；Enter 按现状完成，Esc 放弃。</translation>
  </message>
  <message>
   <source>Drag a line right across a shape to split it</source>
   <translation>画一条横穿形状的线将其分割</translation>
  </message>
  <message>
   <source>Draw the line right across a shape, from outside to outside.</source>
   <translation>请从形状外到形状外画一条横穿它的线。</translation>
  </message>
  <message>
   <source>A point must lie on the image.</source>
   <translation>点必须位于图像上。</translation>
  </message>
  <message>
   <source>The outline that was under way was closed and kept; Ctrl+Z takes it back.</source>
   <translation>正在绘制的轮廓已闭合并保留；可用 Ctrl+Z 撤销。</translation>
  </message>
  <message>
   <source>The outline that was begun had fewer than three vertices: it was not kept.</source>
   <translation>未完成的轮廓少于三个顶点，未保留。</translation>
  </message>
  <message>
   <source>A polygon needs at least three vertices.</source>
   <translation>多边形至少需要三个顶点。</translation>
  </message>
  <message>
   <source>The outline crossed itself: its largest part was kept.</source>
   <translation>轮廓自相交：已保留最大的部分。</translation>
  </message>
  <message>
   <source>Draw the hole inside a shape, or select the shape first.</source>
   <translation>请在形状内部绘制孔洞，或先选择形状。</translation>
  </message>
  <message>
   <source>This outline will be a hole. Enter closes it, Esc gives it up.</source>
   <translation>此轮廓将成为孔洞。Enter 闭合，Esc 放弃。</translation>
  </message>
  <message>
   <source>Drag to measure; Shift keeps level or upright; Esc takes the ruler away</source>
   <translation>拖动以测量；按住 Shift 保持水平或垂直；Esc 收起标尺</translation>
  </message>
  <message>
   <source>{count} vertices selected: drag one of them, or press Delete.</source>
   <translation>已选择 {count} 个顶点：拖动其中之一，或按 Delete。</translation>
  </message>
  <message>
   <source>Click on a lesion; drag right for more, left for less; Shift adds to the selected shape, Alt takes away</source>
   <translation>单击病变；向右拖动扩大，向左缩小；Shift 并入所选形状，Alt 从中减去</translation>
  </message>
  <message>
   <source>Wand: colours within {distance}</source>
   <translation>魔棒：色差 {distance} 以内</translation>
  </message>
  <message>
   <source>Select the one shape that the wand is to change first.</source>
   <translation>请先选择魔棒要修改的那一个形状。</translation>
  </message>
  <message>
   <source>This area does not touch the selected shape.</source>
   <translation>此区域与所选形状不相接。</translation>
  </message>
  <message>
   <source>Drawing images and gradings …</source>
   <translation>正在绘制图像和判读 …</translation>
  </message>
  <message>
   <source>The study's folder is made in it; choose a disk of this computer with room for the images</source>
   <translation>研究文件夹将建在其中；请选择本机有足够空间存放图像的磁盘</translation>
  </message>
  <message>
   <source>A study is a folder with images and everybody's gradings. Your own image files stay as they are.</source>
   <translation>研究是一个文件夹，内含图像和所有人的判读。您自己的图像文件保持不变。</translation>
  </message>
  <message>
   <source>Ten synthetic images, some of them read by two simulated graders. No real patient is in it; remove the folder when you are done.</source>
   <translation>十幅合成图像，其中一些已由两位模拟判读者判读。不含真实患者；用完后删除该文件夹即可。</translation>
  </message>
  <message>
   <source>Name of the study</source>
   <translation>研究名称</translation>
  </message>
  <message>
   <source>A folder of this name is made</source>
   <translation>将建立此名称的文件夹</translation>
  </message>
  <message>
   <source>My study</source>
   <translation>我的研究</translation>
  </message>
  <message>
   <source>New study</source>
   <translation>新建研究</translation>
  </message>
  <message>
   <source>Make study</source>
   <translation>建立研究</translation>
  </message>
  <message>
   <source>Import images of</source>
   <translation>导入图像自</translation>
  </message>
  <message>
   <source>Left empty, images are imported later</source>
   <translation>留空则稍后导入图像</translation>
  </message>
  <message>
   <source>A folder; may be left empty</source>
   <translation>文件夹；可以留空</translation>
  </message>
  <message>
   <source>Demo study</source>
   <translation>演示研究</translation>
  </message>
  <message>
   <source>Make demo study</source>
   <translation>建立演示研究</translation>
  </message>
  <message>
   <source>Retina Studio demo</source>
   <translation>Retina Studio 演示</translation>
  </message>
  <message>
   <source>You</source>
   <translation>您</translation>
  </message>
  <message>
   <source>Stopped: no study was made.</source>
   <translation>已停止：未建立研究。</translation>
  </message>
  <message>
   <source>The demo study is the quickest way to see what there is: ten synthetic images, made in a minute; a short tour shows you around.</source>
   <translation>演示研究是最快的了解方式：十幅合成图像，一分钟内生成；简短的导览会带您四处看看。</translation>
  </message>
  <message>
   <source>A study of your own is one folder with images and everybody's gradings. Importing copies your images without names and dates; your files stay as they are.</source>
   <translation>自己的研究是一个文件夹，内含图像和所有人的判读。导入时复制您的图像，去除姓名和日期；您的文件保持不变。</translation>
  </message>
  <message>
   <source>If a study was made for you, on this computer or on a shared disk, open its folder. Nothing is ever sent anywhere.</source>
   <translation>如果已有人为您建好研究（在本机或共享磁盘上），请打开其文件夹。任何内容都不会发送到别处。</translation>
  </message>
  <message>
   <source>Studies opened before</source>
   <translation>曾打开的研究</translation>
  </message>
  <message>
   <source>Welcome</source>
   <translation>欢迎</translation>
  </message>
  <message>
   <source>Open a study …</source>
   <translation>打开研究 …</translation>
  </message>
  <message>
   <source>Choose the folder of a study</source>
   <translation>选择研究文件夹</translation>
  </message>
  <message>
   <source>New study …</source>
   <translation>新建研究 …</translation>
  </message>
  <message>
   <source>Make an empty study</source>
   <translation>建立空的研究</translation>
  </message>
  <message>
   <source>Import a folder …</source>
   <translation>导入文件夹 …</translation>
  </message>
  <message>
   <source>Make a study of a folder of images</source>
   <translation>用一个图像文件夹建立研究</translation>
  </message>
  <message>
   <source>Demo study …</source>
   <translation>演示研究 …</translation>
  </message>
  <message>
   <source>Make a study of synthetic images to try everything on</source>
   <translation>用合成图像建立研究，以试用全部功能</translation>
  </message>
  <message>
   <source>Open the chosen study</source>
   <translation>打开所选研究</translation>
  </message>
  <message>
   <source>Draw, grade, settle and learn on retinal images</source>
   <translation>在视网膜图像上绘制、分级、裁定和学习</translation>
  </message>
  <message>
   <source>Version {version}. Research software, not a medical device.</source>
   <translation>版本 {version}。研究软件，并非医疗器械。</translation>
  </message>
  <message>
   <source>Mask PNG per label</source>
   <translation>每个标签的掩模 PNG</translation>
  </message>
  <message>
   <source>LABEL/IMAGE.png, points.csv</source>
   <translation>LABEL/IMAGE.png、points.csv</translation>
  </message>
  <message>
   <source>areas by pixel (127 = not compliant), points, none</source>
   <translation>逐像素区域（127 = 不符合分级）、点、“无”</translation>
  </message>
  <message>
   <source>labelme JSON</source>
   <translation>labelme JSON</translation>
  </message>
  <message>
   <source>IMAGE.json</source>
   <translation>IMAGE.json</translation>
  </message>
  <message>
   <source>shapes, grades, none, comment, the picture</source>
   <translation>形状、分级、“无”、备注、图片</translation>
  </message>
  <message>
   <source>COCO JSON</source>
   <translation>COCO JSON</translation>
  </message>
  <message>
   <source>polygons, RLE, keypoints</source>
   <translation>多边形、RLE、关键点</translation>
  </message>
  <message>
   <source>shapes, grades, none, comment</source>
   <translation>形状、分级、“无”、备注</translation>
  </message>
  <message>
   <source>GeoJSON</source>
   <translation>GeoJSON</translation>
  </message>
  <message>
   <source>IMAGE.geojson</source>
   <translation>IMAGE.geojson</translation>
  </message>
  <message>
   <source>shapes, grades, none, comment in pixel coordinates</source>
   <translation>以像素坐标表示的形状、分级、“无”、备注</translation>
  </message>
  <message>
   <source>YOLO segmentation</source>
   <translation>YOLO 分割</translation>
  </message>
  <message>
   <source>data.yaml, labels/IMAGE.txt</source>
   <translation>data.yaml、labels/IMAGE.txt</translation>
  </message>
  <message>
   <source>areas as polygons, the picture</source>
   <translation>以多边形表示的区域、图片</translation>
  </message>
  <message>
   <source>CVAT XML 1.1 for images</source>
   <translation>CVAT XML 1.1（图像）</translation>
  </message>
  <message>
   <source>polygons, ellipses, boxes, points, masks, tags</source>
   <translation>多边形、椭圆、矩形、点、掩模、标记</translation>
  </message>
  <message>
   <source>DICOM Segmentation</source>
   <translation>DICOM Segmentation</translation>
  </message>
  <message>
   <source>binary segmentations</source>
   <translation>二值分割</translation>
  </message>
  <message>
   <source>areas by pixel, none, the picture as DICOM</source>
   <translation>逐像素区域、“无”、DICOM 图片</translation>
  </message>
  <message>
   <source>Table of grades and measurements</source>
   <translation>分级与测量表</translation>
  </message>
  <message>
   <source>image grades</source>
   <translation>图像分级</translation>
  </message>
  <message>
   <source>grades, counts, areas, cup-disc ratio, quadrants</source>
   <translation>分级、计数、面积、杯盘比、象限</translation>
  </message>
  <message>
   <source>Counts of graders per pixel</source>
   <translation>每像素的判读者计数</translation>
  </message>
  <message>
   <source>LABEL/IMAGE.png: 0 to N graders</source>
   <translation>LABEL/IMAGE.png：0 至 N 位判读者</translation>
  </message>
  <message>
   <source>how many graders marked each pixel</source>
   <translation>每个像素有多少位判读者标记</translation>
  </message>
  <message>
   <source>REFUGE disc and cup masks</source>
   <translation>REFUGE 视盘和视杯掩模</translation>
  </message>
  <message>
   <source>IMAGE.png or .bmp: 0 cup, 128 rim, 255 rest</source>
   <translation>IMAGE.png 或 .bmp：0 视杯，128 盘沿，255 其余</translation>
  </message>
  <message>
   <source>disc and cup by pixel</source>
   <translation>逐像素的视盘和视杯</translation>
  </message>
  <message>
   <source>Microaneurysm</source>
   <translation>微动脉瘤</translation>
  </message>
  <message>
   <source>Intraretinal haemorrhage</source>
   <translation>视网膜内出血</translation>
  </message>
  <message>
   <source>Hard exudate</source>
   <translation>硬性渗出</translation>
  </message>
  <message>
   <source>Cotton-wool spot</source>
   <translation>棉绒斑</translation>
  </message>
  <message>
   <source>Vitreous haemorrhage</source>
   <translation>玻璃体积血</translation>
  </message>
  <message>
   <source>Preretinal haemorrhage</source>
   <translation>视网膜前出血</translation>
  </message>
  <message>
   <source>Neovascularisation</source>
   <translation>新生血管</translation>
  </message>
  <message>
   <source>Fibrous proliferation</source>
   <translation>纤维增生</translation>
  </message>
  <message>
   <source>Optic disc</source>
   <translation>视盘</translation>
  </message>
  <message>
   <source>Optic cup</source>
   <translation>视杯</translation>
  </message>
  <message>
   <source>Fovea</source>
   <translation>黄斑中心凹</translation>
  </message>
  <message>
   <source>Drusen</source>
   <translation>玻璃膜疣</translation>
  </message>
  <message>
   <source>Choroidal neovascularisation</source>
   <translation>脉络膜新生血管</translation>
  </message>
  <message>
   <source>Fluid</source>
   <translation>积液</translation>
  </message>
  <message>
   <source>Gradability</source>
   <translation>可判读性</translation>
  </message>
  <message>
   <source>Image quality</source>
   <translation>图像质量</translation>
  </message>
  <message>
   <source>Good</source>
   <translation>良好</translation>
  </message>
  <message>
   <source>Usable</source>
   <translation>可用</translation>
  </message>
  <message>
   <source>Ungradable</source>
   <translation>不可判读</translation>
  </message>
  <message>
   <source>Everything that is asked can be graded with confidence.</source>
   <translation>所有项目均可有把握地判读。</translation>
  </message>
  <message>
   <source>Can be graded, but small lesions or a part of the image may escape.</source>
   <translation>可以判读，但小病变或部分区域可能遗漏。</translation>
  </message>
  <message>
   <source>Too poor to grade: nothing else is required.</source>
   <translation>质量太差，无法判读：其他项目均非必填。</translation>
  </message>
  <message>
   <source>Image definition</source>
   <translation>图像清晰度</translation>
  </message>
  <message>
   <source>Adequate</source>
   <translation>尚可</translation>
  </message>
  <message>
   <source>Poor</source>
   <translation>差</translation>
  </message>
  <message>
   <source>The finest vessels (B-scan: all layers) are sharp.</source>
   <translation>最细的血管（B 扫描：各层）清晰。</translation>
  </message>
  <message>
   <source>Main vessels and larger lesions are sharp; microaneurysms (B-scan: thin layers) may escape.</source>
   <translation>主要血管和较大病变清晰；微动脉瘤（B 扫描：薄层）可能遗漏。</translation>
  </message>
  <message>
   <source>Blurred, too dark or hidden by media: small lesions cannot be told.</source>
   <translation>模糊、过暗或被屈光介质遮挡：无法辨认小病变。</translation>
  </message>
  <message>
   <source>Field definition</source>
   <translation>拍摄范围</translation>
  </message>
  <message>
   <source>The whole disc is in the image and the fovea lies well inside it.</source>
   <translation>视盘完整，黄斑中心凹位于图像内且距边缘较远。</translation>
  </message>
  <message>
   <source>Disc complete; the fovea is at least two disc diameters from the edge.</source>
   <translation>视盘完整；黄斑中心凹距边缘至少两个视盘直径。</translation>
  </message>
  <message>
   <source>Disc cut off, or the fovea within two disc diameters of the edge.</source>
   <translation>视盘不完整，或黄斑中心凹距边缘不足两个视盘直径。</translation>
  </message>
  <message>
   <source>Fovea visible</source>
   <translation>黄斑中心凹可见</translation>
  </message>
  <message>
   <source>Yes</source>
   <translation>是</translation>
  </message>
  <message>
   <source>No</source>
   <translation>否</translation>
  </message>
  <message>
   <source>Its centre can be placed.</source>
   <translation>可以确定其中心。</translation>
  </message>
  <message>
   <source>Its centre cannot be placed: outside the field or hidden.</source>
   <translation>无法确定其中心：在视野外或被遮挡。</translation>
  </message>
  <message>
   <source>Diabetic retinopathy</source>
   <translation>糖尿病视网膜病变</translation>
  </message>
  <message>
   <source>DR0 none</source>
   <translation>DR0 无</translation>
  </message>
  <message>
   <source>DR1 mild</source>
   <translation>DR1 轻度</translation>
  </message>
  <message>
   <source>DR2 moderate</source>
   <translation>DR2 中度</translation>
  </message>
  <message>
   <source>DR3 severe</source>
   <translation>DR3 重度</translation>
  </message>
  <message>
   <source>DR4 proliferative</source>
   <translation>DR4 增生期</translation>
  </message>
  <message>
   <source>No abnormalities of diabetic retinopathy; another disease may be present.</source>
   <translation>无糖尿病视网膜病变的异常；可能有其他疾病。</translation>
  </message>
  <message>
   <source>Microaneurysms only.</source>
   <translation>仅有微动脉瘤。</translation>
  </message>
  <message>
   <source>More than microaneurysms only, less than severe: haemorrhages, hard exudates, cotton-wool spots.</source>
   <translation>不止微动脉瘤，但轻于重度：出血、硬性渗出、棉绒斑。</translation>
  </message>
  <message>
   <source>Any of: more than 20 intraretinal haemorrhages in each of 4 quadrants, venous beading in 2 or more, IRMA in 1 or more.</source>
   <translation>任一项：4 个象限每个象限视网膜内出血超过 20 处，2 个及以上象限有静脉串珠样改变，1 个及以上象限有 IRMA。</translation>
  </message>
  <message>
   <source>Any of: neovascularisation, vitreous haemorrhage, preretinal haemorrhage.</source>
   <translation>任一项：新生血管、玻璃体积血、视网膜前出血。</translation>
  </message>
  <message>
   <source>Venous beading, quadrants</source>
   <translation>静脉串珠样改变（象限数）</translation>
  </message>
  <message>
   <source>None</source>
   <translation>无</translation>
  </message>
  <message>
   <source>1</source>
   <translation>1</translation>
  </message>
  <message>
   <source>2</source>
   <translation>2</translation>
  </message>
  <message>
   <source>3</source>
   <translation>3</translation>
  </message>
  <message>
   <source>4</source>
   <translation>4</translation>
  </message>
  <message>
   <source>Not seen.</source>
   <translation>未见。</translation>
  </message>
  <message>
   <source>Definite in 1 quadrant.</source>
   <translation>1 个象限明确可见。</translation>
  </message>
  <message>
   <source>In 2 quadrants: DR3.</source>
   <translation>2 个象限：DR3。</translation>
  </message>
  <message>
   <source>In 3 quadrants: DR3.</source>
   <translation>3 个象限：DR3。</translation>
  </message>
  <message>
   <source>In all 4 quadrants: DR3.</source>
   <translation>全部 4 个象限：DR3。</translation>
  </message>
  <message>
   <source>IRMA, quadrants</source>
   <translation>IRMA（象限数）</translation>
  </message>
  <message>
   <source>No intraretinal microvascular abnormality seen.</source>
   <translation>未见视网膜内微血管异常。</translation>
  </message>
  <message>
   <source>Prominent in 1 quadrant: DR3.</source>
   <translation>1 个象限明显：DR3。</translation>
  </message>
  <message>
   <source>Glaucoma</source>
   <translation>青光眼</translation>
  </message>
  <message>
   <source>Yes or suspect</source>
   <translation>是或可疑</translation>
  </message>
  <message>
   <source>Healthy rim all round, no sign of glaucomatous damage.</source>
   <translation>盘沿完整健康，无青光眼损害征象。</translation>
  </message>
  <message>
   <source>Large cup, thinned or notched rim, disc haemorrhage or nerve fibre layer defect.</source>
   <translation>视杯大、盘沿变窄或切迹、视盘出血或视网膜神经纤维层缺损。</translation>
  </message>
  <message>
   <source>Present</source>
   <translation>有</translation>
  </message>
  <message>
   <source>No atrophy beside the disc: an answer, not an omission.</source>
   <translation>视盘旁无萎缩：这是明确的回答，而非遗漏。</translation>
  </message>
  <message>
   <source>A pale or mottled crescent or ring beside the disc: draw it, without the disc.</source>
   <translation>视盘旁苍白或斑驳的弧形或环形区：请绘制，不含视盘。</translation>
  </message>
  <message>
   <source>Normal</source>
   <translation>正常</translation>
  </message>
  <message>
   <source>CNV</source>
   <translation>CNV</translation>
  </message>
  <message>
   <source>Macular edema</source>
   <translation>黄斑水肿</translation>
  </message>
  <message>
   <source>Regular layers, no fluid, no deposits under the pigment epithelium.</source>
   <translation>各层规则，无积液，色素上皮下无沉积物。</translation>
  </message>
  <message>
   <source>Deposits that lift the pigment epithelium, no fluid.</source>
   <translation>沉积物使色素上皮隆起，无积液。</translation>
  </message>
  <message>
   <source>Choroidal neovascular membrane, often with fluid.</source>
   <translation>脉络膜新生血管膜，常伴积液。</translation>
  </message>
  <message>
   <source>Retinal thickening with intraretinal or subretinal fluid.</source>
   <translation>视网膜增厚，伴视网膜内或视网膜下积液。</translation>
  </message>
  <message>
   <source>Certainty</source>
   <translation>把握程度</translation>
  </message>
  <message>
   <source>Low</source>
   <translation>低</translation>
  </message>
  <message>
   <source>Moderate</source>
   <translation>中</translation>
  </message>
  <message>
   <source>High</source>
   <translation>高</translation>
  </message>
  <message>
   <source>A second opinion is wanted.</source>
   <translation>希望有第二意见。</translation>
  </message>
  <message>
   <source>Probably right.</source>
   <translation>可能正确。</translation>
  </message>
  <message>
   <source>No doubt.</source>
   <translation>确定无疑。</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>彩色</translation>
  </message>
  <message>
   <source>The photograph as it is.</source>
   <translation>照片本来的样子。</translation>
  </message>
  <message>
   <source>The green channel, stretched: haemorrhages, microaneurysms, nerve fibre layer.</source>
   <translation>拉伸后的绿色通道：出血、微动脉瘤、神经纤维层。</translation>
  </message>
  <message>
   <source>Local contrast (CLAHE)</source>
   <translation>局部对比度（CLAHE）</translation>
  </message>
  <message>
   <source>Colour with local contrast raised: faint lesions in dark or hazy parts.</source>
   <translation>提高局部对比度的彩色图：暗处或模糊处的淡病变。</translation>
  </message>
  <message>
   <source>Luminance</source>
   <translation>明度</translation>
  </message>
  <message>
   <source>Lightness without colour: disc rim, atrophy, elevation.</source>
   <translation>不含颜色的明度：盘沿、萎缩、隆起。</translation>
  </message>
  <message>
   <source>Inverted red-free</source>
   <translation>反相无赤光</translation>
  </message>
  <message>
   <source>The green channel as a negative: vessels and red lesions appear bright.</source>
   <translation>绿色通道负片：血管和红色病变显亮。</translation>
  </message>
  <message>
   <source>Even illumination</source>
   <translation>均匀照明</translation>
  </message>
  <message>
   <source>Vignetting and uneven flash taken out, colour kept.</source>
   <translation>去除暗角和不均匀闪光，保留颜色。</translation>
  </message>
  <message>
   <source>Vessels</source>
   <translation>血管</translation>
  </message>
  <message>
   <source>Vessels brought out, bright on dark: new vessels, beading, IRMA.</source>
   <translation>突出血管，暗底亮血管：新生血管、串珠样改变、IRMA。</translation>
  </message>
  <message>
   <source>Grey</source>
   <translation>灰度</translation>
  </message>
  <message>
   <source>The scan as it is.</source>
   <translation>扫描本来的样子。</translation>
  </message>
  <message>
   <source>Local contrast raised: choroid, faint fluid, shadowed layers.</source>
   <translation>提高局部对比度：脉络膜、淡积液、阴影下的层次。</translation>
  </message>
  <message>
   <source>Speckle reduced</source>
   <translation>降低散斑</translation>
  </message>
  <message>
   <source>Speckle smoothed, layer edges kept.</source>
   <translation>平滑散斑，保留层间边界。</translation>
  </message>
  <message>
   <source>Inverted</source>
   <translation>反相</translation>
  </message>
  <message>
   <source>Black on white, as many reading centres print it.</source>
   <translation>白底黑图，许多阅片中心如此打印。</translation>
  </message>
  <message>
   <source>microaneurysm</source>
   <translation>微动脉瘤</translation>
  </message>
  <message>
   <source>microaneurysms</source>
   <translation>微动脉瘤</translation>
  </message>
  <message>
   <source>intraretinal haemorrhage</source>
   <translation>视网膜内出血</translation>
  </message>
  <message>
   <source>intraretinal haemorrhages</source>
   <translation>视网膜内出血</translation>
  </message>
  <message>
   <source>hard exudate</source>
   <translation>硬性渗出</translation>
  </message>
  <message>
   <source>hard exudates</source>
   <translation>硬性渗出</translation>
  </message>
  <message>
   <source>cotton-wool spot</source>
   <translation>棉绒斑</translation>
  </message>
  <message>
   <source>cotton-wool spots</source>
   <translation>棉绒斑</translation>
  </message>
  <message>
   <source>vitreous haemorrhage</source>
   <translation>玻璃体积血</translation>
  </message>
  <message>
   <source>vitreous haemorrhages</source>
   <translation>玻璃体积血</translation>
  </message>
  <message>
   <source>preretinal haemorrhage</source>
   <translation>视网膜前出血</translation>
  </message>
  <message>
   <source>preretinal haemorrhages</source>
   <translation>视网膜前出血</translation>
  </message>
  <message>
   <source>area of neovascularisation</source>
   <translation>新生血管区</translation>
  </message>
  <message>
   <source>areas of neovascularisation</source>
   <translation>新生血管区</translation>
  </message>
  <message>
   <source>area of fibrous proliferation</source>
   <translation>纤维增生区</translation>
  </message>
  <message>
   <source>areas of fibrous proliferation</source>
   <translation>纤维增生区</translation>
  </message>
  <message>
   <source>optic disc</source>
   <translation>视盘</translation>
  </message>
  <message>
   <source>optic discs</source>
   <translation>视盘</translation>
  </message>
  <message>
   <source>optic cup</source>
   <translation>视杯</translation>
  </message>
  <message>
   <source>optic cups</source>
   <translation>视杯</translation>
  </message>
  <message>
   <source>area of atrophy</source>
   <translation>萎缩区</translation>
  </message>
  <message>
   <source>areas of atrophy</source>
   <translation>萎缩区</translation>
  </message>
  <message>
   <source>fovea</source>
   <translation>黄斑中心凹</translation>
  </message>
  <message>
   <source>foveas</source>
   <translation>黄斑中心凹</translation>
  </message>
  <message>
   <source>druse</source>
   <translation>玻璃膜疣</translation>
  </message>
  <message>
   <source>drusen</source>
   <translation>玻璃膜疣</translation>
  </message>
  <message>
   <source>CNV lesion</source>
   <translation>CNV 病变</translation>
  </message>
  <message>
   <source>CNV lesions</source>
   <translation>CNV 病变</translation>
  </message>
  <message>
   <source>pocket of fluid</source>
   <translation>积液区</translation>
  </message>
  <message>
   <source>pockets of fluid</source>
   <translation>积液区</translation>
  </message>
  <message>
   <source>DR{grade}, but {lesions} {are} drawn: {least}.</source>
   <translation>DR{grade}，但{are}绘制{lesions}：{least}。</translation>
  </message>
  <message>
   <source>DR{grade}, but {lesions} {are} drawn, a sign of {least}.</source>
   <translation>DR{grade}，但{are}绘制{lesions}，提示{least}。</translation>
  </message>
  <message>
   <source>DR2 with {lesions}: look for the signs of DR3.</source>
   <translation>DR2 伴{lesions}：请查找 DR3 的征象。</translation>
  </message>
  <message>
   <source>DR{grade}, but more than {haemorrhages} intraretinal haemorrhages are drawn in each of the four quadrants: DR3 or more.</source>
   <translation>DR{grade}，但四个象限每个象限均绘制了超过 {haemorrhages} 处视网膜内出血：DR3 或更重。</translation>
  </message>
  <message>
   <source>DR{grade}, but venous beading is recorded in {quadrants}: DR3 or more.</source>
   <translation>DR{grade}，但记录了静脉串珠样改变（{quadrants}）：DR3 或更重。</translation>
  </message>
  <message>
   <source>DR{grade}, but IRMA is recorded in {quadrants}: DR3 or more.</source>
   <translation>DR{grade}，但记录了 IRMA（{quadrants}）：DR3 或更重。</translation>
  </message>
  <message>
   <source>DR1, but no microaneurysm is drawn.</source>
   <translation>DR1，但未绘制微动脉瘤。</translation>
  </message>
  <message>
   <source>DR2, but no haemorrhage or hard exudate is drawn.</source>
   <translation>DR2，但未绘制出血或硬性渗出。</translation>
  </message>
  <message>
   <source>DR2 rests on hard exudates alone: no intraretinal haemorrhage is drawn.</source>
   <translation>DR2 仅依据硬性渗出：未绘制视网膜内出血。</translation>
  </message>
  <message>
   <source>DR3, but none of its signs is recorded: more than {haemorrhages} haemorrhages in each of the four quadrants, venous beading in {beading}, or IRMA in {irma}.</source>
   <translation>DR3，但未记录其任何征象：四个象限每个象限出血超过 {haemorrhages} 处、静脉串珠样改变累及{beading}，或 IRMA 累及{irma}。</translation>
  </message>
  <message>
   <source>DR3 rests on its haemorrhages, which cannot be counted by quadrant: mark the fovea or the disc.</source>
   <translation>DR3 依据出血判定，但无法按象限计数：请标记黄斑中心凹或视盘。</translation>
  </message>
  <message>
   <source>DR4, but no neovascularisation and no vitreous or preretinal haemorrhage is drawn.</source>
   <translation>DR4，但未绘制新生血管，也未绘制玻璃体积血或视网膜前出血。</translation>
  </message>
  <message>
   <source>DR4 rests on fibrous proliferation alone: no neovascularisation and no vitreous or preretinal haemorrhage is drawn.</source>
   <translation>DR4 仅依据纤维增生：未绘制新生血管，也未绘制玻璃体积血或视网膜前出血。</translation>
  </message>
  <message>
   <source>{title}: answered none, but {lesions} {are} drawn.</source>
   <translation>{title}：回答为无，但{are}绘制{lesions}。</translation>
  </message>
  <message>
   <source>{title}: none, but {lesions} {are} drawn.</source>
   <translation>{title}：无，但{are}绘制{lesions}。</translation>
  </message>
  <message>
   <source>{title}: present, but not drawn.</source>
   <translation>{title}：有，但未绘制。</translation>
  </message>
  <message>
   <source>Glaucoma: no, but the vertical cup-disc ratio is {ratio}.</source>
   <translation>青光眼：否，但垂直杯盘比为 {ratio}。</translation>
  </message>
  <message>
   <source>Glaucoma: yes or suspect, but the vertical cup-disc ratio is only {ratio}.</source>
   <translation>青光眼：是或可疑，但垂直杯盘比仅为 {ratio}。</translation>
  </message>
  <message>
   <source>The fovea is said not to be visible, but it is marked.</source>
   <translation>黄斑中心凹被判为不可见，但已标记。</translation>
  </message>
  <message>
   <source>Gradability is good, but {reasons}.</source>
   <translation>可判读性为良好，但{reasons}。</translation>
  </message>
  <message>
   <source>Ungradable, yet graded: {titles}.</source>
   <translation>不可判读，却已分级：{titles}。</translation>
  </message>
  <message>
   <source>The OCT class is normal, but {lesions} {are} drawn.</source>
   <translation>OCT 分类为正常，但{are}绘制{lesions}。</translation>
  </message>
  <message>
   <source>The OCT class is "{title}", but {lesions} {are} drawn.</source>
   <translation>OCT 分类为“{title}”，但{are}绘制{lesions}。</translation>
  </message>
  <message>
   <source>The OCT class is "{title}", but {missing}.</source>
   <translation>OCT 分类为“{title}”，但{missing}。</translation>
  </message>
  <message>
   <source>{lesions} are drawn, but an eye has only one.</source>
   <translation>绘制了{lesions}，但一只眼只有一个。</translation>
  </message>
  <message>
   <source>No optic disc is drawn.</source>
   <translation>未绘制视盘。</translation>
  </message>
  <message>
   <source>The fovea is not marked.</source>
   <translation>未标记黄斑中心凹。</translation>
  </message>
  <message>
   <source>The optic cup is drawn, but not the disc round it.</source>
   <translation>绘制了视杯，但未绘制其外围的视盘。</translation>
  </message>
  <message>
   <source>The optic cup reaches beyond the disc.</source>
   <translation>视杯超出视盘。</translation>
  </message>
  <message>
   <source>The optic cup lies outside the disc.</source>
   <translation>视杯位于视盘之外。</translation>
  </message>
  <message>
   <source>The vertical cup-disc ratio is {ratio}: the cup is taller than the disc.</source>
   <translation>垂直杯盘比为 {ratio}：视杯高于视盘。</translation>
  </message>
  <message>
   <source>The peripapillary atrophy overlaps the disc: a place is one or the other.</source>
   <translation>视盘周围萎缩与视盘重叠：同一处只能是其一。</translation>
  </message>
  <message>
   <source>The optic disc measures {share} % of the image's longer side: that is not the size of a disc.</source>
   <translation>视盘为图像长边的 {share} %：这不是视盘的大小。</translation>
  </message>
  <message>
   <source>The fovea is marked inside the disc.</source>
   <translation>黄斑中心凹标记在视盘内。</translation>
  </message>
  <message>
   <source>The fovea lies {distance} disc diameters from the disc; about 2.5 is usual.</source>
   <translation>黄斑中心凹距视盘 {distance} 个视盘直径；通常约为 2.5。</translation>
  </message>
  <message>
   <source>The line from disc to fovea is tilted by {angle} degrees: is the image turned?</source>
   <translation>视盘与黄斑中心凹的连线倾斜 {angle} 度：图像是否旋转？</translation>
  </message>
  <message>
   <source>Laterality: the disc lies {side} of the fovea in an image marked {eye}, a {eye_name}.</source>
   <translation>眼别：视盘位于黄斑中心凹的{side}，而图像标为 {eye}（{eye_name}）。</translation>
  </message>
  <message>
   <source>Laterality: the disc lies on the {side} in an image marked {eye}, a {eye_name}.</source>
   <translation>眼别：视盘位于{side}，而图像标为 {eye}（{eye_name}）。</translation>
  </message>
  <message>
   <source>{shapes} {reach} beyond the image.</source>
   <translation>{shapes}{reach}图像范围。</translation>
  </message>
 </context>
</TS>
